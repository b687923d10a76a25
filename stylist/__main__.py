"""`python -m stylist` is `stylist`."""

from stylist.main import main

main()
