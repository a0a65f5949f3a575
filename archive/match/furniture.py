"""Sentences that belong to the site and not to the article: consent, subscription, copyright, navigation.

Of 40 same-language pairs of news pages that shared 15 words in a row, 14 shared only such sentences. They are left
out of every count, so that two pages of one publishing system are not copies of each other.

A sentence is furniture if it is short and says something that articles do not say. The words are chosen so that
an article *about* cookies or subscriptions keeps most of its sentences; if nearly everything looks like furniture,
nothing is (see `Reading.furniture`).
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

#: Furniture is short; a longer sentence with these words is likely prose. The longest notices in our samples
#: (agency disclaimers) have 45 words.
_MOST_CHARACTERS = 400

_CERTAIN = regex.compile(
    r"""
    # consent
      \b(?:we|this\ (?:web)?site)\ uses?\ cookies | \bcookie(?:s|)\ (?:policy|preferences|settings|notice)\b
    | accept\ (?:all\ )?cookies
    | \b(?:gebruiken|gebruikt|maakt\ gebruik\ van|plaatsen)\ (?:\w+\ )?cookies
    | cookie-?(?:beleid|instellingen|voorkeuren)
    | verwende[nt]\ (?:\w+\ )?cookies | cookie-?(?:richtlinie|einstellungen) | utilis(?:e|ons)\ des\ cookies
    | (?:usamos|utiliza(?:mos)?|usa)\ cookies
    | utilizz(?:a|iamo)\ (?:i\ )?cookie | używamy\ (?:plików\ )?cookies | pliki\ cookies?
    | использу\w+\ (?:файлы\ )?cookie
    # rights
    | all\ rights\ reserved | alle\ rechten\ voorbehouden | alle\ rechte\ vorbehalten | tous\ droits\ réservés
    | todos\ los\ derechos\ reservados
    | todos\ os\ direitos\ reservados | tutti\ i\ diritti\ riservati | wszelkie\ prawa\ zastrzeżone
    | wszystkie\ prawa\ zastrzeżone
    | alla\ rättigheter\ förbehållna | alle\ rettigheder\ forbeholdes | все\ права\ защищены
    | toate\ drepturile\ rezervate
    | (?:may|must)\ not\ be\ (?:published|reproduced|copied)
    | (?:redistributed|reproduced)\ without\ (?:\w+\ )*permission
    | 版权所有 | 未经(?:授权|许可) | 無断(?:転載|複製) | 무단\s?전재 | جميع\ الحقوق\ محفوظة
    | (?:^|\s)(?:©|\(c\))\s*(?:copyright\s*)?(?:19|20)\d\d
    | ^copyright\b | terms\ of\ (?:use|service)\b.{0,60}privacy | privacy\ (?:policy|notice|statement)\b
    | privacybeleid | datenschutzerklärung
    # registration
    | enter\ your\ (?:details|e-?mail|name)\b | (?:trial|registration)\ request\b | (?:your|the)\ password\ .{0,40}must | special\ characters\b
    | by\ (?:clicking|ticking|signing|submitting|subscribing|registering)\b.{0,80}\b(?:you|i)\ (?:agree|consent|accept)
    | invalid\ e-?mail | (?:unable|not\ able)\ to\ subscribe | something\ went\ wrong,?\ please | forgot(?:ten)?\ (?:your\ )?password
    # how to reach the newsroom
    | [\w.+-]+@[\w-]+\.[\w.]+
    # agency footers
    | (?:this|the)\ (?:story|article|copy|material)\ (?:has\ not\ been|was\ not|is|has\ been)\ (?:\w+\ )?
      (?:edited|published|generated|created)\ (?:by|from)\ .{0,80}(?:staff|feed|syndicated)
    | click\ (?:here|on\ the)\b.{0,60}(?:subscribe|read|sign|download|more)
    | if\ you\ (?:have\ (?:any\ )?(?:information|a\ story|news)|know\ more).{0,80}(?:contact|call|e-?mail)
    | (?:hotline|helpline|crime\s?stoppers|samaritans)\b.{0,80}\d{3}
    | anyone\ with\ information\b.{0,80}(?:call|contact|asked)
    """,
    regex.VERBOSE | regex.IGNORECASE | regex.VERSION1,
)


#: Pointers and invitations. What follows them without a line break may be the article again, so they count
#: only in what is hardly longer than a headline.
_POINTER_CHARACTERS = 120

_POINTER = regex.compile(
    r"""
    # navigation and sharing
      ^(?:read|see|watch|listen)\ (?:more|also|next|now)\b
    | ^(?:lees|bekijk|luister)\ (?:ook|meer|verder|hier)\b | ^(?:mehr\ zum\ thema|lesen\ sie\ (?:auch|mehr))
    | ^(?:lire|voir|à\ lire)\ (?:aussi|plus|également)\b | ^(?:lea|lee|ver|leer)\ (?:también|más)\b
    | ^leggi\ anche\b | ^(?:leia|veja)\ (?:também|mais)\b
    | ^(?:czytaj|zobacz|przeczytaj)\ (?:też|także|również|więcej)\b
    | ^(?:läs|les|læs)\ (?:också|mer|også|mere)\b | ^читайте\ также
    | (?:share|tweet|post)\ (?:this|on)\ (?:article|story|facebook|twitter|x\b|whatsapp) | ^share\b.{0,30}$
    | (?:deel|teilen|partager|compartir|condividi|udostępnij)\ (?:dit|diesen|op|auf|sur|en|su|na)\ .{0,40}$
    | skip\ to\ (?:main\ )?content | back\ to\ top
    | ^(?:most\ read|most\ popular|related\ (?:articles|stories|topics))\b.{0,40}$
    | ^(?:advertisement|anzeige|advertentie|publicité|publicidad|pubblicità|reklama)\b.{0,40}$
    | continue\ reading\ below | story\ continues\ below | listen\ to\ this\ article | enable\ javascript
    | your\ browser\ (?:does\ not|is)
    | follow\ us\ on\ | like\ us\ on\ facebook | volg\ ons\ op | folge[nt]?\ (?:sie\ )?uns\ | suivez-nous
    | síguenos | seguici\ su
    | download\ (?:our|the)\ (?:free\ )?app\b | post\ a\ comment | leave\ a\ (?:comment|reply)
    | comments\ are\ (?:closed|moderated)
    # subscription and accounts
    | \b(?:sign|log)\ (?:up|in)\ (?:for|to)\ (?:our|the|your|get|receive|read|continue)\b
    | subscribe\ (?:now|today|to\ (?:our|the|read|continue|get|receive))
    | (?:already|become)\ a\ (?:subscriber|member)\b | (?:our|the|this|your|daily|weekly|free)\ newsletters?\b
    | enter\ your\ e-?mail | you\ can\ unsubscribe
    | free\ trial\b
    | this\ (?:article|story|content)\ is\ (?:only\ )?(?:for|available\ to)\ (?:paying\ )?(?:subscribers|members)
    | (?:meld\ je|schrijf\ je)\ (?:nu\ )?(?:aan|in)\ voor | word\ (?:nu\ )?(?:abonnee|lid)\b | onze\ nieuwsbrief
    | alleen\ voor\ abonnees
    | unseren?\ newsletter | jetzt\ (?:abonnieren|anmelden|registrieren) | nur\ für\ abonnenten | abonnez-vous
    | inscrivez-vous\ à\ | notre\ newsletter
    | réservé\ (?:à\ nos|aux)\ abonnés | suscríbe(?:te|ase) | nuestr[oa]\ (?:boletín|newsletter)
    | iscriviti\ alla | nostra\ newsletter
    | zapisz\ się\ (?:do|na) | (?:nasz(?:ego)?|do)\ newslettera? | assine\ (?:já|agora|a\ nossa)
    | подпи(?:сывайтесь|шитесь)\ на
    """,
    regex.VERBOSE | regex.IGNORECASE | regex.VERSION1,
)


def is_furniture(sentence: str) -> bool:
    """Whether *sentence* is about the site and not about the news."""
    if len(sentence) <= _POINTER_CHARACTERS and _POINTER.search(sentence):
        return True
    return len(sentence) <= _MOST_CHARACTERS and _CERTAIN.search(sentence) is not None


#: Headings of the paragraphs with which publishers and companies say who they are and how to reach them.
_ABOUT = regex.compile(
    r"""
    ^\W*(?:
      about | over | über | à\ propos | acerca\ d | sobre | informazioni\ su | o\ (?=\p{Lu}) | om\ (?=\p{Lu}) | о\ (?:нас\b|(?=\p{Lu}))
    | hakkında | 关于 | 關於 | حول | (?:press\ |media\ )?contacts?\b | contact\ ?(?:information|details|us)
    | contactinformatie | contactgegevens | kontakt | informations\ de\ contact | información\ de\ contacto | contatti | contactos?\b
    | informações\ (?:de|para)\ contato | informazioni\ (?:di\ contatto|per\ contatt) | контакт | 連絡先 | お問い合わせ | 联系 | 聯絡
    | iletişim | 연락처 | notes?\ to\ editors?
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
_ENDS_SENTENCE = regex.compile(r"[.。．।؛;:…][\"'”’»)\]」』]*$|[!?！？؟][\"'”’»)\]」』]+$|[\"”»」』]$")


def lists(lines: Sequence[str]) -> list[range]:
    """The runs of *lines* that are lists of links and not text, as ranges of indices."""
    found = []
    start = None
    for place, line in enumerate((*lines, ".")):
        is_item = len(line) < _ITEM_CHARACTERS and not _ENDS_SENTENCE.search(line)
        if is_item and start is None:
            start = place
        elif not is_item and start is not None:
            if place - start >= _LEAST_ITEMS:
                found.append(range(start, place))
            start = None
    return found
