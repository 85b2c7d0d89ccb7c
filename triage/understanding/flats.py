"""What stands behind a house number: letter, flat, floor, staircase, box, in each country's way.

Sources: NEN 5825 (Dutch additions: "303-18", "14 rood", "II", "hs", "3e etage", "t/o"), the Belgian
post ("bus 3", "b001"), Poczta Polska ("m. 5", "lok. 3", "bl. 12", "kl. B"), Kartverket
("H0203", "leil. 12", "inngang B"), PostNord ("lgh 1102", "2. tv"), Deutsche Post ("Whg. 12",
"3. OG", "Hinterhaus"), La Poste, Correos ("3º B").
"""

from __future__ import annotations

from typing import Final

_SIGN: Final = r"[HULK]?\d{1,4}[a-zA-Z]?(?![\w/])|[A-Za-z]\d{0,3}(?!\w)"
"""What a flat is called: "12", "12B", "H0203", "C", "U2"."""
_NUMERAL: Final = r"[IVX]{1,5}"
_ORDINAL: Final = r"\d{1,2}(?:e|de|ste|ste|st|nd|rd|th|er|ème|º|ª|°|\.)?"

_NAMED: Final = (
    # Dutch and Belgian
    r"bus|box|bel|b(?=\d)|appt\.?|app?\.?(?=\s?\d|\s[A-Z]\b)|appartement|kamer|etage|verdieping|unit|toren|gebouw|blok"
    r"|ingang|ligplaats|kavel|vak|huisje|bungalow|hal|"
    # Polish
    r"m\.?(?=\s?\d)|miesz\w{0,8}\.?|lok(?:al)?\.?|lokalu|pok(?:ój|oju)?\.?|bl\.?|blok|kl\.?|klatka|klatki"
    r"|przez|bud\.?|budynek|wejście|wej\.|segment|pawilon|domek|hala|skrytka|box|"
    # Norwegian, Swedish, Danish
    r"inngang|inng\.?|oppg\.?|oppgang|leil\.?|leilighet|leilegheit|bolignr\.?|bolignummer|hybel|bygg|rom"
    r"|bolig(?=\s?[HULK]\d)|plan(?=\s\d)|lgh\.?|lägenhet|uppg\.?|uppgång|port|lejl\.?|lejlighed|opg\.?|opgang|værelse|"
    # German, French, Spanish, Italian, English
    r"whg\.?|wohnung|top|tür|stiege|stg\.?|haus|apartment|zimmer|bte|boîte|bât\.?|bâtiment|appt\.?|esc\.?"
    r"|escalier|piso|pta\.?|puerta|portal|int\.?|scala|flat|apt\.?|room|rm|suite|block|floor|door|"
    r"кв\.?|квартира"
)
_FLOOR: Final = (
    rf"{_ORDINAL}\s?(?:etage|etg|etj|et|etasje|verdieping|verd|hoog|sal|etaž|piętro|pietro|p|tr|trp|vån|våning"
    r"|OG|Stock|étage|etage|floor|fl|piso|izq|izda|dcha|dto|esq)\b\.?"
    r"(?:\s(?:til venstre|til høyre|till vänster|till höger|venstre|høyre"
    r"|links|rechts|mitte|tv|th|mf|izq|dcha|ög|ög|v|h|achter|voor)\b\.?)?"
    rf"|{_NUMERAL}\s(?:piętro|p|floor|OG|hoog|etage)\b\.?(?:\s(?:links|rechts|achter|voor))?|piętro\s(?:\d{{1,2}}|{_NUMERAL})\b"
    r"|\d{1,2}\.?\s?(?:tv|th|mf)\b\.?(?:\s?(?:tv|th|mf)\b\.?)?"
    r"|st(?:\.|uen)?\s?(?:tv|th|mf)\b\.?|st\.?(?=,)"
    r"|(?:u\.? ?etg|underetasjen?|undereta[sg]j?en|sokkelleilighet|kjellerleilighet|bakgård(?:en)?"
    r"|oficyna(?:\s(?:lewa|prawa|tylna|frontowa|boczna))?|w podwórzu"
    r"|kjeller|sokkel|loft|parter|suterena|poddasze|EG|DG|HH|VH|Hinterhaus"
    r"|Vorderhaus|begane grond|bg|souterrain|achterhuis|voorhuis|bovenwoning"
    r"|benedenwoning|rdc|bajo|ático)\b\.?"
    r"|\d{1,2}\.(?=,?[ \n]\d{4} [A-ZÆØÅ])"
    r"|\d{1,2}\s?[º°ª]\s?[A-Z]?(?!\w)"
)
_ADDITION: Final = (
    r"(?:(?:VI{0,3}|I{1,3}|IV|[IVX]{2,4})(?!\s(?:hoog|piętro|p|floor|OG|etage)\b)|hs|bg|rd|zw|ab)"
    r"(?![\w'’.@])|[A-Z]-?\d{1,2}(?![\w'’.@-])|[A-Ha-h](?![\w'’.@])"
    r"|(?:[I-NP-Z]|huis|bis|ter|zwart|rood|wit|boven|bov|beneden|ben|sous|achter|voor|bovenwoning)"
    r"(?=\s*(?:[,\n|·•▪;()]|$|\d{4}|\.\s|te |in ))"
)
"""A Dutch addition, a colour of Haarlem or a letter, with a space before it."""

BEHIND: Final = (
    rf"(?:[ \u00a0](?:{_ADDITION}))?"
    rf"(?:,?[ \u00a0]{{1,2}}(?i:(?:{_FLOOR})|(?:{_NAMED})\s?(?:{_SIGN}|{_NUMERAL}\b)|H\d{{4}}(?!\d)"
    r"|t/m \d{1,4}[a-z]?\b)){0,3}"
)
"""Pattern of all that, behind a house number; it may match nothing."""

BEFORE: Final = (
    r"(?:(?:Flat|Apt|Apartment|Unit|Room|Suite|Whg\.|Wohnung|Lok\.|M\.|Leil\.)\s"
    r"(?:\d{1,4}[A-Za-z]?(?:/\d{1,3})?|[A-Z])\s?[,/]\s?)"
)
"""Pattern of a flat that stands before the street, as the British write it."""
