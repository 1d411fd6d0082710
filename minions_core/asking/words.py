"""The words by which people ask: what requests begin with, in some of the languages of users.

A word that is a noun as well, as in "List of names" or "Check 17", counts only before a word that
tells of what: "list the names". Rather a request not known than a line of a text taken for one.
"""

from __future__ import annotations

import re

_OF_WHAT = (
    r"(?=\s+(?:the|an?|all|any|every|each|both|me|us|it|them|this|these|that|those|its|their|your|my"
    r"|our|his|her|only|up|at|in|just|what|who|which|where|when|how|why|whether|if|one|two|three"
    r"|four|five|ten|some|\d{1,2}\s+\w+)\b)"
)
_POLITE = (
    r"(?:\d+[.)]\s+|[-*\u2022]\s+)?(?:(?:hi|hello|hey|ok|okay|so|now|then|first|finally|also|and"
    r"|thanks|hallo|bonjour|hola|ciao)(?:\s+(?:all|there|everyone))?[,!.]*\s+)*"
    r"(?:(?:please|kindly|just|quickly|briefly|bitte|veuillez|por favor|per favore|alstublieft"
    r"|пожалуйста),?\s+)*"
    r"(?:(?:can|could|would|will) you\s+|(?:i|we) (?:need|want|would like|'d like) you to\s+"
    r"|(?:i|we)'d like you to\s+|help (?:me|us)\s+(?:to\s+)?|your (?:task|job) is to\s+)?"
    r"(?:(?:please|kindly|just|quickly|briefly)\s+)*"
)
_ENGLISH = (
    r"summari[sz]e|translate|explain|describe|identify|paraphrase|rephrase|rewrite|proofread"
    r"|shorten|simplify|condense|tl;?dr|extract(?!\s+(?:of|from))|find(?!\s+(?:enclosed|attached|below|here))|compare|determine|classify"
    r"|give (?:me|us|an?|the|your|all|each|one|two|three|\d+)|tell (?:me|us)|show (?:me|us)"
    r"|list(?!\s+(?:of|price|no|number)\b)|make (?:me|it|a (?:list|table|summary))"
    rf"|(?:draft|write|name|check|review|outline|quote|count|return|add|fix|debug|sort|rank|rate"
    r"|mark|label|group|create|generate|produce|provide|show|make|calculate|compute|complete"
    r"|convert|correct|highlight|evaluate|assess|discuss|analy[sz]e|state|search|look|pick"
    rf"|select|choose|suggest|recommend|critique|verify|estimate|report|turn){_OF_WHAT}"
)
_GERMAN = (
    r"fass(?:e|t|en Sie)|nenne?|nennt|nennen Sie|erkl\u00e4r(?:e|t|en Sie)?"
    r"|\u00fcbersetz(?:e|t|en Sie)"
    r"|schreib(?:e|en Sie)?|gib|geben Sie|vergleich(?:e|en Sie)?|beschreib(?:e|en Sie)?"
    r"|finde|finden Sie|such(?:e|en Sie)|extrahier(?:e|en Sie)?|erstell(?:e|en Sie)"
    r"|analysier(?:e|en Sie)?|beantwort(?:e|en Sie)"
    r"|(?:zeig|sag)(?:e|en Sie)? (?:mir|uns)"
    r"|liste?t? (?:alle|mir|die|das|auf)|z\u00e4hl(?:e|en Sie) "
    r"|entwirf|k\u00fcrze|formulier(?:e|en Sie)"
)
_ROMANCE = (
    r"r\u00e9sum(?:e|ez|er)|list(?:ez|er)|liste (?:les|tou(?:s|tes))|tradui(?:s|sez|re)"
    r"|expliqu(?:e|ez|er)"
    r"|comparez|extra(?:is|yez|ire)|trouv(?:e|ez|er)|\u00e9cri(?:s|vez|re)|r\u00e9dig(?:e|ez|er)"
    r"|donne[rz]?|d\u00e9cri(?:s|vez|re)|identifi(?:e|ez|er)|dis-moi|dites-(?:moi|nous)|fais|faites"
    r"|peux-tu|pouvez-vous|pourrais-tu|pourriez-vous"
    r"|resum(?:a|ir|e (?:el|la|los|las|est[eao]s?|lo|en|o|os|as))|enumera|traduce|traduzca|explica"
    r"|compara|extra(?:e|iga|ia)|encuentra|escrib[ea]|redacta|dame|dime|identifica|analiza"
    r"|haz|puedes|podr\u00edas|riassumi|elenca|traduci|spiega|confronta|estrai|trova|scrivi"
    r"|redigi|dammi|dimmi|descrivi|analizza|puoi|potresti|traduza|encontre|escreva|redija|descreva"
    r"|identifique|fa\u00e7a|(?:voc\u00ea )?pode (?:me |resumir|listar)"
)
_DUTCH = (
    r"vat (?:de|het|dit|deze|die|bovenstaande|onderstaande|samen)|noem|vertaal"
    r"|leg (?:uit|de|het|dit)"
    r"|vergelijk|vind|zoek|schrijf|geef|vertel|beschrijf|maak|kun je|kunt u"
)
_RUSSIAN = (
    r"(?:кратко |сжато )?(?:резюмируй|суммируй|перечисли|переведи|объясни|сравни|извлеки|найди"
    r"|напиши|составь|дай|скажи|опиши|выдели|проанализируй|назови|перескажи|изложи|сделай)(?:те)?"
)
_CHINESE = (
    "(?:[请請](?:你|您)?|帮我|幫我|麻烦你?)*"
    "(?:根据[^\n]{1,12}[\uff0c,])?"
    "(?:用[^\n]{1,8})?"
    "(?:总结|總結|概括|翻译|翻譯|列出|列举|解释|解釋|比较|比較|提取|找出|写出|写一|告诉我|给出|分析|回答|归纳)"
)
_REQUESTS_BEGIN = re.compile(
    rf"[\W_]*+{_POLITE}(?:(?:{_ENGLISH}|{_GERMAN}|{_ROMANCE}|{_DUTCH}|{_RUSSIAN})(?!\w)|{_CHINESE})",
    re.IGNORECASE,
)
_ENDS_JAPANESE = "(?:ください|下さい|なさい|せよ|お願いします|て)"
_REQUESTS_END = re.compile(
    f"(?:要約|翻訳|説明|列挙|比較|抽出|教え|書い|まとめ|挙げ|分析|作成|リスト)[^\n。]{{0,12}}{_ENDS_JAPANESE}[。.!\uff01]*$"
    "|(?:まとめて|請|请)?(?:总结|翻译|概括)(?:一下|以上内容|上文)[。.!\uff01]*$"
    "|(?:요약|번역|설명|나열|비교|추출|알려|찾아|작성|정리|분석)[^\n]{0,8}(?:줘|세요|십시오|시오|해라)[.!]*$"
    "|(?:zusammenfassen|\u00fcbersetzen|auflisten|samenvatten|vertalen)[.!]*$"
)
_WISHES = re.compile(
    rf"[\W_]*+{_POLITE}(?:(?:i|we) (?:need|want|would like|'d like)|i'd like|we'd like) "
    r"(?:the|an?|to (?:know|find|see|understand)|all|your)\b"
    r"|[\W_]*+(?:can|could|would) you\b(?!.*\.)"
    r"|[\W_]*+(?:hi|hello|hey)[,!]?\s+(?:can|could|would) you\b",
    re.IGNORECASE,
)
_ASKS_WITHOUT_A_MARK = re.compile(
    r"(?:what|who|which|where|when|why"
    r"|how (?:many|much|long|old|often|do|does|did|is|are|was|were))"
    r"(?:'s)?\s+[^.,;:!?\n]{3,80}$",
    re.IGNORECASE,
)
_HINTS = re.compile(
    r"[\W_]*+(?:please\s+)?(?:(?:answer|reply|respond)(?=\s+(?:in|with|as|by|from|briefly|only|the|all|to"
    r" the|using|based|concisely|this|these|my|our)\b)|be (?:brief|concise|short|precise|specific)"
    r"|keep (?:it|the answer|your)|think (?:step|carefully|hard)"
    r"|use (?:only|(?:the|this|these) (?:\w+ ){0,2}(?:context|text"
    r"|documents?|information|pieces))"
    r"|you are an?|you're an?|your (?:answer|task|job|role|output|response|reply)"
    r"|based (?:only |solely )?on (?:the|this)"
    r"|given (?:the (?:following|above|text|context|document))"
    r"|(?:do not|don't) (?:make|invent|guess|explain|include|add|use)"
    r"|if you (?:do not|don't|cannot)"
    r"|act as|(?:explain|show|justify) your|read the (?:following|text|document|letter)"
    r"|in (?:one|two|three|a few|\d+) (?:sentence|word|paragraph|line|bullet)"
    r"|antworte|antworten Sie|r\u00e9pond[sz]|r\u00e9pondez|responde|rispondi|responda|antwoord"
    r"|отвечай|ответь|ответьте)(?!\w)",
    re.IGNORECASE,
)
_SPEAKS = re.compile(r"[\W\d_]*+(?:[A-Z][\w.'\u2019-]*+[ ]?+){1,3}+[:\uff1a]\s+\S")

thanks = re.compile(
    r"\s+(?:many thanks|thanks|thank you|thx|danke|vielen dank|merci|gracias|grazie"
    r"|obrigad[oa]|bedankt)"
    r"(?:[ ,]+(?:you|so much|very much|a lot|in advance|im voraus|d'avance))*[.! ]*\Z",
    re.IGNORECASE,
)
"""What polite people end in."""


def requests(said: str) -> bool:
    """Whether a sentence asks for something to be made of a text: "Summarise it in a line"."""
    return bool(_REQUESTS_BEGIN.match(said) or _REQUESTS_END.search(said))


def hints(said: str) -> bool:
    """Whether a sentence tells a reader how to go about it: "Answer in French"."""
    return bool(_HINTS.match(said))


def wishes(said: str) -> bool:
    """Whether a sentence asks with no question mark: "I need the date", "How many are there"."""
    return bool(_WISHES.match(said) or _ASKS_WITHOUT_A_MARK.match(said))


def speaks(said: str) -> bool:
    """Whether a line is one of a talk: "Ann Roe: Is that all?"."""
    return bool(_SPEAKS.match(said))
