"""Sentences that belong to the site and not to the article: consent, subscription, copyright, navigation.

Of 40 same-language pairs of news pages that shared 15 words in a row, 14 shared only such sentences. They are left
out of every count, so that two pages of one publishing system are not copies of each other.

A sentence is furniture if it is short and says something that articles do not say. The phrases are chosen so that
an article *about* cookies or subscriptions keeps most of its sentences; if nearly everything looks like furniture,
nothing is (see `Reading.furniture`).
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

#: Notices of consent and rights are short; a longer sentence with these words is likely prose. The longest in our
#: samples (agency disclaimers) have 45 words.
_NOTICE_CHARACTERS = 400
#: Pointers and invitations. What follows them without a line break may be the article again, so they count
#: only in what is hardly longer than a headline.
_POINTER_CHARACTERS = 120

#: Phrases of notices, in lower case, anywhere in the sentence.
_NOTICES = (
    # consent
    "we use cookies", "uses cookies", "use of cookies", "cookie policy", "cookies policy", "cookie settings",
    "cookie preferences", "cookie notice", "accept cookies", "accept all cookies", "gebruiken cookies",
    "gebruikt cookies", "gebruik van cookies", "plaatsen cookies", "cookiebeleid", "cookie-instellingen",
    "cookievoorkeuren", "verwenden cookies", "verwendet cookies", "cookie-richtlinie", "cookie-einstellungen",
    "utilise des cookies", "utilisons des cookies", "usamos cookies", "utilizamos cookies", "utiliza cookies",
    "usa cookies", "utilizza cookie", "utilizziamo cookie", "utilizziamo i cookie", "plików cookie",
    "pliki cookie", "файлы cookie", "accept and close", "akzeptieren und schließen", "accepter et fermer",
    "aceptar y cerrar", "accetta e chiudi", "zaakceptuj i zamknij", "processing of your data", "technical impersonal",
    "technische anonymisierte", "verarbeitung ihrer persönlichen", "informacje techniczne", "automatycznego logowania",
    "privacy policy", "privacy notice", "privacy statement", "privacybeleid",
    "privacyverklaring", "datenschutzerklärung", "politique de confidentialité", "política de privacidad",
    "política de privacidade", "polityka prywatności", "polityce prywatności", "politykę prywatności",
    "polityką prywatności", "enable javascript",
    # robots
    "i am not a robot", "i'm not a robot", "ik ben geen robot", "ich bin kein roboter", "je ne suis pas un robot",
    "no soy un robot", "não sou um robô", "non sono un robot", "nie jestem robotem", "я не робот", "your ip address",
    "uw ip-adres", "ihre ip-adresse", "votre adresse ip", "su dirección ip", "twój adres ip",
    # rights
    "all rights reserved", "alle rechten voorbehouden", "alle rechte vorbehalten", "tous droits réservés",
    "todos los derechos reservados", "todos os direitos reservados", "tutti i diritti riservati",
    "prawa zastrzeżone", "rättigheter förbehållna", "rettigheder forbeholdes", "все права защищены",
    "drepturile rezervate", "may not be published", "may not be reproduced", "must not be reproduced",
    "may not be copied", "without permission", "without prior permission", "版权所有", "未经授权", "未经许可", "無断転載",
    "無断複製", "무단 전재", "무단전재", "جميع الحقوق محفوظة",
    # registration
    "enter your details", "enter your email", "enter your e-mail", "trial request", "invalid email",
    "invalid e-mail", "unable to subscribe", "forgot your password", "forgotten your password",
    "special characters", "spam folder", "spam-ordner", "dossier spam", "carpeta de spam",
    # agency footers
    "from a syndicated feed", "by our staff and is", "has not been edited by", "material from news agencies",
    "anyone with information", "crimestoppers", "crime stoppers",
)  # fmt: skip

#: Phrases of pointers and invitations, in lower case, anywhere in a sentence hardly longer than a headline.
_POINTERS = (
    # subscription and accounts
    "sign up to", "sign up for", "sign in to", "log in to", "subscribe to", "subscribe now", "subscribe today",
    "newsletter", "already a subscriber", "become a member", "become a subscriber", "you can unsubscribe",
    "free trial", "for subscribers", "schrijf je in", "meld je aan", "word abonnee", "word lid", "nieuwsbrief",
    "alleen voor abonnees", "jetzt abonnieren", "jetzt anmelden", "nur für abonnenten", "abonnez-vous",
    "inscrivez-vous", "réservé aux abonnés", "suscríbete", "boletín", "iscriviti alla", "zapisz się",
    "assine já", "assine agora", "подпишитесь", "подписывайтесь",
    # sharing and moving about
    "share this", "share on", "tweet this", "skip to content", "skip to main content", "back to top",
    "continue reading below", "continues below", "listen to this article", "follow us on", "like us on",
    "volg ons op", "folgen sie uns", "folge uns", "suivez-nous", "síguenos", "seguici su", "download our app",
    "download the app", "download the new", "premium app", "post a comment", "leave a comment", "leave a reply", "comments are closed",
    "comments are moderated", "terms of use", "terms of service", "partager sur",
)  # fmt: skip

#: Words with which a pointer starts, in lower case.
_OPENINGS = (
    "read more", "read also", "read next", "see also", "watch:", "watch now", "listen:", "lees ook",
    "lees meer", "lees verder", "bekijk ook", "mehr zum thema", "lesen sie auch", "lesen sie mehr",
    "lire aussi", "à lire aussi", "voir aussi", "lea también", "lee también", "leer más", "ver más",
    "leggi anche", "leia também", "veja também", "czytaj też", "czytaj także", "czytaj więcej", "zobacz też",
    "zobacz także", "przeczytaj także", "läs också", "läs mer", "les også", "læs også", "læs mere", "les mer",
    "читайте также", "most read", "most popular", "related articles", "related stories", "related topics",
    "advertisement", "anzeige", "advertentie", "publicité", "publicidad", "pubblicità", "reklama", "copyright",
    "©", "(c) 20", "click here", "photo:", "foto:", "image:", "getty images",
)  # fmt: skip

_EMAIL = regex.compile(r"\w@\w")


def is_furniture(sentence: str, phrases: Phrases | None = None) -> bool:
    """Whether *sentence* is about the site and not about the news.

    *phrases* are those that occur in the whole text, if they are known (see `phrases_in`).
    """
    if len(sentence) > _NOTICE_CHARACTERS:
        return False
    notices, pointers = phrases if phrases is not None else (_NOTICES, _POINTERS)
    folded = sentence.casefold()
    if any(phrase in folded for phrase in notices) or ("@" in folded and _EMAIL.search(folded)):
        return True
    if len(sentence) > _POINTER_CHARACTERS:
        return False
    return folded.startswith(_OPENINGS) or any(phrase in folded for phrase in pointers)


#: Labels that extraction glues to the sentence after them, because a button or a tag has no full stop. A sentence that
#: goes on with a capital, a figure or a quotation mark after one of them is cut there.
_LABEL = regex.compile(
    r"""
    (?i:
      skip\ to\ (?:main\ )?content | ga\ naar\ (?:de\ )?inhoud | zum\ inhalt\ springen | aller\ au\ contenu
    | saltar\ al\ contenido | ir\ al\ contenido | vai\ al\ contenuto | (?:ir|saltar)\ para\ o\ conteúdo | przejdź\ do\ treści
    | (?:share|deel|teilen|partager|compartir|condividi|compartilhar|udostępnij)
        \ (?:this|dit|diesen|cet|este|questo|ten)\ (?:article|artikel|story|post|artículo|articolo|artigo|artykuł)
        (?:\ (?:on|op|auf|sur|en|su|no|na)\ \p{Lu}\w+)?
    | artikel\ (?:teilen|delen) | (?:listen\ to|luister\ naar)\ (?:this|dit)\ (?:article|artikel)(?:\ \d+\ min\w*)?
    | artikel\ (?:anhören|beluisteren)(?:\ \d+\ min\w*)? | écouter\ (?:cet|l[’'])\ ?article(?:\ \d+\ min\w*)?
    | escuchar\ (?:este\ )?artículo(?:\ \d+\ min\w*)?
    | advertisement(?:\ ?[-–—]\ ?continue\ reading\ below)? | advertentie | anzeige | werbung | publicité | publicidad | pubblicità
    | publicidade | reklama | реклама
    | (?:subscribe\ to|sign\ up\ for)\ our\ newsletter | (?:abonneer\ je|schrijf\ je\ in)\ (?:op|voor)\ onze\ nieuwsbrief
    | newsletter\ abonnieren | abonnez-vous\ à\ notre\ newsletter | suscríbase\ a\ nuestro\ boletín
    | (?:read\ (?:more|also|next)|see\ also|lees\ (?:ook|meer|verder)|lesen\ sie\ (?:auch|mehr)|mehr\ zum\ thema|[àa]\ lire\ aussi
        |lire\ aussi|lea\ también|lee\ también|leggi\ anche|leia\ (?:também|mais)|czytaj\ (?:też|także)|читайте\ также)\ ?:
    | (?:by|door|von|par|por|di)\ [^|\n]{3,40}\ \|\ (?:updated|bijgewerkt|aktualisiert|mis\ à\ jour|actualizado|aggiornato|atualizado)
        [^\d\n]{0,6}\d{1,2}\ ?[:.h]\ ?\d{2}
    )
    \s+(?=[\p{Lu}\p{Lo}\p{N}"'“”„«‘’¿¡(–—-])
    """,
    regex.VERBOSE | regex.VERSION1,
)


def after_labels(sentence: str) -> int:
    """Where in *sentence* the text begins, behind labels that are glued to it; 0 if there are none."""
    place = 0
    while found := _LABEL.match(sentence, place):
        place = found.end()
    return place


Phrases = tuple[tuple[str, ...], tuple[str, ...]]


def phrases_in(text: str) -> Phrases:
    """The phrases of notices and pointers that occur in *text*: a sentence needs to be asked for no others."""
    folded = text.casefold()
    return (
        tuple(phrase for phrase in _NOTICES if phrase in folded),
        tuple(phrase for phrase in _POINTERS if phrase in folded),
    )


# --- paragraphs -------------------------------------------------------------------------------------

#: Headings of the paragraphs with which publishers and companies say who they are and how to reach them.
_ABOUT = regex.compile(
    r"""
    ^\W*(?:
      (?:about|over|über|à\ propos\ de|acerca\ de|sobre|informazioni\ su)\ (?=(?-i:\p{Lu})|us\b|ons\b|uns\b)
    | (?:o|om|о)\ (?=(?-i:\p{Lu})) | à\ propos$ | о\ нас | 关于 | 關於 | حول
    | (?:press\ |media\ )?contacts?\b | contactinformatie | contactgegevens | kontakt | informations\ de\ contact
    | información\ de\ contacto | contatti | contactos?\b | informações\ (?:de|para)\ contato
    | informazioni\ (?:di\ contatto|per\ contatt) | контакт | 連絡先 | お問い合わせ | 联系 | 聯絡 | iletişim | 연락처
    | notes?\ to\ editors?
    )(?:.{0,60})$
    | ^.{1,40}(?:について|\ hakkında)\W*$
    """,
    regex.VERBOSE | regex.IGNORECASE | regex.VERSION1,
)
#: Such a heading is a line of its own, this short.
_HEADING_CHARACTERS = 60
_STOPS = tuple(".!?。！？…")


def opens_about(line: str) -> bool:
    """Whether *line* is a heading like "About us" or "Press contact": the paragraph after it is furniture too."""
    return len(line) <= _HEADING_CHARACTERS and not line.endswith(_STOPS) and _ABOUT.search(line) is not None


#: A list item is a line this short that does not end as a sentence does.
_ITEM_CHARACTERS = 120
#: From this many items in a row on it is a list of headlines, a menu or small advertisements. In our samples of
#: extracted articles the longest list that belonged to the text had 4 items without full stops.
_LEAST_ITEMS = 5
#: Some items do end as sentences do; of the lines of a list, at least this share does not.
_LEAST_ITEM_SHARE = 0.6
_ENDS_SENTENCE = regex.compile(r"[.。．।؛;:…][\"'”’»)\]」』]*$|[!?！？؟][\"'”’»)\]」』]+$|[\"”»」』]$")


def lists(lines: Sequence[str]) -> list[range]:
    """The runs of *lines* that are lists of links and not text, as ranges of indices."""
    found = []
    start = 0
    for place, line in enumerate((*lines, "." * _ITEM_CHARACTERS)):
        if len(line) < _ITEM_CHARACTERS:
            continue
        items = [n for n in range(start, place) if not _ENDS_SENTENCE.search(lines[n])]
        if len(items) >= _LEAST_ITEMS:
            run = range(items[0], items[-1] + 1)
            if len(items) >= _LEAST_ITEM_SHARE * len(run):
                found.append(run)
        start = place + 1
    return found
