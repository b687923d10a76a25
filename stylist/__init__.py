"""The command line: thin verbs over the floors below; each verb imports what it needs when it is called."""
