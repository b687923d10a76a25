"""Requests in other languages than English."""

import pytest

from tests.tools.request.conftest import signs
from tools.request import parse_request

REQUESTS = {
    "青みを抑えて暖かく": "warmth+",
    "Nicht ganz so hart, bitte.": "contrast-",
    "Темновато, подними тени.": "brightness+ shadows+",
    "Que no se vea tan oscura": "brightness+",
    "暗いので明るく、色は薄めに": "brightness+ saturation-",
    "コントラスト強すぎ": "contrast-",
    "unscharfer Hintergrund bitte": "bokeh+",
    "Más contraste y menos brillo, por favor": "contrast+ brightness-",
    "Quita el ruido y aclara las sombras un poco": "noise- shadows+",
    "Mach das Bild etwas wärmer und weniger gesättigt": "warmth+ saturation-",
    "Rendi il cielo più drammatico e la pelle più calda": "contrast+@sky clarity+@sky brightness-@sky warmth+@skin",
    "Deixe a foto mais escura": "brightness-",
    "Rozjaśnij zdjęcie i dodaj trochę ciepła, ale zostaw niebo": "brightness+ warmth+ keep=sky",
    "Сделай небо темнее, а лица светлее": "brightness-@sky brightness+@skin",
    "让天空更蓝，人物不变，整体暖一点": "sat:blue+@sky warmth+ keep=subject",
    "もう少し明るくして、コントラストを下げて": "brightness+ contrast-",
    "फोटो को थोड़ा गर्म और चमकदार बना दो": "warmth+ brightness+",
    "photo ko thoda bright karo": "brightness+",
    "Maak de foto warmer en voeg wat korrel toe": "warmth+ grain+",
    "조금 더 따뜻하게 해주세요": "warmth+",
    "Gölgeleri aç ve kontrastı azalt": "shadows+ contrast-",
    "الصورة مظلمة جدا": "brightness+",
    "Gör bilden varmare och lite ljusare": "warmth+ brightness+",
    "Зроби фото світлішим, але збережи небо": "brightness+ keep=sky",
    "Bikin fotonya lebih terang": "brightness+",
    "Ảnh tối quá, tăng độ sáng": "brightness+",
    "Tee kuvasta lämpimämpi": "warmth+",
    "Κάνε την εικόνα πιο φωτεινή": "brightness+",
    "Udělej fotku teplejší a světlejší": "warmth+ brightness+",
}


@pytest.mark.parametrize(("text", "expected"), REQUESTS.items())
def test_a_sentence_means_this_and_no_more(text: str, expected: str) -> None:
    assert signs(parse_request(text)) == set(expected.split())
