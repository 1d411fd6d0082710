"""How other languages than English say that a text has no answer.

The phrases are for text in lower case without accents, cut at its punctuation. A mere "none"
(`keine`, `aucun`) is an answer here: only in English may it be a null in words.
"""

from __future__ import annotations

_DE_TEXT = (
    r"(?:de[mrns]|das|die|diese[mrns]?) (?:(?:vorliegenden?|gegebenen?|bereitgestellten?) )?"
    r"(?:text(?:es|auszug|abschnitt|stelle)?|auszug|ausschnitt|abschnitt|dokument|kontext|passage)"
)
_DE_IN = (
    r"(?:im (?:\w+en )?(?:text\w*|auszug|ausschnitt|abschnitt|dokument|kontext)"
    rf"|in {_DE_TEXT}|hier)"
)
_DE_HERE = f"(?: {_DE_IN})"
_DE_TOLD = (
    r"(?:erwahnt|angegeben|genannt|bekannt|enthalten|spezifiziert|ersichtlich|gefunden|verfugbar"
    r"|vorhanden|angefuhrt|beschrieben|aufgefuhrt)"
)
_DE_NEWS = r"(?:angaben?|information(?:en)?|auskunft|antwort|hinweise?|erwahnung|daten)"
_GERMAN = (
    (
        rf"(?:(?:es|das|dies|die information) )?(?:(?:wird|ist|sind|wurde)\b)?{_DE_HERE}?"
        rf"(?:{_DE_IN})? ?nicht(?: (?:explizit|ausdrucklich|direkt))?{_DE_HERE}?"
        rf" {_DE_TOLD}{_DE_HERE}?"
    ),
    rf".+ (?:wird|ist|sind|werden|wurde){_DE_HERE} nicht {_DE_TOLD}",
    (
        rf"(?:es gibt )?keine {_DE_NEWS}(?: (?:dazu|daruber|hierzu))?{_DE_HERE}?(?: {_DE_TOLD})?"
        r"(?: (?:uber|zu|zum|zur|bezuglich) .*)?"
    ),
    rf"{_DE_TEXT} (?:enthalt|gibt|nennt|liefert|macht|bietet)(?: \w+)? keine {_DE_NEWS}\b.*",
    rf"{_DE_TEXT} (?:erwahnt|sagt|nennt) (?:dazu |das |dies |es )?nichts?(?: dazu| daruber)?",
    r"unbekannt|unklar|nicht im text|ich weiß (?:es )?nicht",
    rf"(?:(?:das|dies|es) )?geht (?:daraus|aus {_DE_TEXT}) nicht hervor",
    (
        rf"(?:(?:das|dies|es) )?kann(?: \w+ {_DE_TEXT})? nicht"
        r" (?:bestimmt|beantwortet|ermittelt) werden"
    ),
)
_FR_TEXT = (
    r"(?:le|la|l'|ce|cet|cette|du) ?(?:texte|extrait|passage|document|contexte|section)"
    r"(?: (?:fournie?|donnee?))?"
)
_FR_HERE = rf"(?: (?:dans|par) {_FR_TEXT}| ici)"
_FR_TOLD = (
    r"(?:(?:mentionne|precise|specifie|indique|trouve|communique|donne|renseigne|enonce)e?s?"
    r"|fournie?s?|disponibles?|connue?s?)"
)
_FRENCH = (
    rf"(?:non|pas) (?:explicitement )?{_FR_TOLD}{_FR_HERE}?",
    rf"(?:(?:il|elle|cela|ce|ceci|l'information|la reponse) )?n'est pas {_FR_TOLD}{_FR_HERE}?",
    rf".+ (?:n'est|ne sont) pas {_FR_TOLD}{_FR_HERE}",
    (
        rf"(?:il n'y a )?(?:aucune|pas d') ?(?:information|mention|reponse|donnee|reference)s?"
        rf"(?: {_FR_TOLD})?{_FR_HERE}?(?: (?:sur|concernant|a propos|relative) .*)?"
    ),
    (
        rf"{_FR_TEXT} ne (?:le )?(?:mentionne|precise|specifie|indique|dit|contient|donne|fournit)"
        r" (?:pas|rien|aucun)\b.*"
    ),
    r"inconnue?s?|je ne sais pas|pas dans le texte",
)
_ES_TEXT = (
    r"(?:el|la|este|esta|del) (?:texto|extracto|fragmento|pasaje|documento|contexto|seccion)"
    r"(?: proporcionad[oa])?"
)
_ES_HERE = rf"(?: (?:en|por) {_ES_TEXT}| aqui)"
_ES_TELLS = (
    r"(?:menciona|especifica|indica|dice|proporciona|encuentra|encontro|informa|detalla|senala)n?"
)
_SPANISH = (
    rf"(?:esto |eso )?no (?:se |lo )?{_ES_TELLS}{_ES_HERE}?",
    rf".+ no se {_ES_TELLS}{_ES_HERE}",
    (
        r"no (?:esta |es |fue )?"
        rf"(?:(?:mencionad|especificad|indicad|encontrad)[oa]s?|disponibles?|consta){_ES_HERE}?"
    ),
    rf"{_ES_TEXT} no (?:lo |se )?(?:{_ES_TELLS}|contiene|incluye|da)\b.*",
    (
        r"(?:no hay|sin|ninguna) (?:informacion|mencion|datos|respuesta|referencia)"
        rf"(?: (?:disponible|especifica))?{_ES_HERE}?(?: (?:sobre|acerca|de|relativa) .*)?"
    ),
    r"desconocid[oa]s?|no lo se|no se sabe",
)
_IT_TEXT = (
    r"(?:il|lo|la|l'|questo|nel|nello|nella|nell'|dal|dalla|dall')"
    r" ?(?:testo|estratto|brano|passaggio|documento|contesto|sezione)(?: fornit[oa])?"
)
_IT_TOLD = (
    r"(?:(?:menzionat|specificat|indicat|trovat|riportat|fornit|precisat|not)[oaei]|disponibil[ei]"
    r"|present[ei])"
)
_ITALIAN = (
    rf"non (?:e |viene |sono |vengono |e stat[oa] )?{_IT_TOLD}(?: {_IT_TEXT})?",
    rf".+ non (?:e|viene|sono|vengono) {_IT_TOLD} {_IT_TEXT}",
    rf"{_IT_TEXT} non (?:lo )?(?:menziona|specifica|dice|indica|contiene|fornisce|riporta)\b.*",
    (
        r"(?:nessuna|non c'e alcuna|non ci sono|non vi sono)"
        rf" (?:informazion[ei]|menzion[ei]|rispost[ae]|riferiment[oi])(?: {_IT_TOLD})?"
        rf"(?: {_IT_TEXT})?(?: (?:su|sul|sulla|riguardo|in merito) .*)?"
    ),
    r"sconosciut[oaie]|non lo so",
)
_PT_TEXT = (
    r"(?:o|a|este|esta|no|na|neste|nesta|pelo|pela)"
    r" (?:texto|trecho|excerto|passagem|documento|contexto|secao)(?: fornecid[oa])?"
)
_PT_TOLD = (
    r"(?:(?:mencionad|especificad|indicad|encontrad|informad|fornecid|divulgad|conhecid)[oa]s?"
    r"|disponivel|disponiveis)"
)
_PORTUGUESE = (
    rf"nao (?:e |foi |esta |sao |foram )?{_PT_TOLD}(?: {_PT_TEXT})?",
    rf".+ nao (?:e|foi|esta|sao) {_PT_TOLD} {_PT_TEXT}",
    rf"nao (?:se )?(?:menciona|especifica|informa|consta)(?: {_PT_TEXT})?",
    rf"{_PT_TEXT} nao (?:o )?(?:menciona|especifica|diz|indica|informa|contem|fornece)\b.*",
    (
        r"(?:nao ha|sem|nenhuma) (?:informacao|informacoes|mencao|dados|resposta|referencia)"
        rf"(?: {_PT_TOLD})?(?: {_PT_TEXT})?(?: (?:sobre|a respeito|de) .*)?"
    ),
    r"desconhecid[oa]s?|nao sei",
)
_NL_TEXT = (
    "(?:de|het|dit|deze) (?:gegeven )?(?:tekst|fragment|passage|document|uittreksel|context|sectie)"
)
_NL_TOLD = (
    "(?:vermeld|genoemd|bekend|gespecificeerd|beschikbaar|gevonden|aangegeven|opgegeven|beschreven)"
)
_NL_HERE = rf"(?: (?:in|door) {_NL_TEXT}| hier)"
_DUTCH = (
    (
        rf"(?:(?:het|dit|dat) )?(?:(?:wordt|is|staat)\b)?{_NL_HERE}?"
        rf" ?niet{_NL_HERE}? {_NL_TOLD}{_NL_HERE}?"
    ),
    rf".+ (?:wordt|is|worden|zijn) niet {_NL_TOLD}{_NL_HERE}",
    rf"{_NL_TEXT} (?:vermeldt|noemt|zegt) (?:dit |het |hier )?(?:niet|niets)\b.*",
    (
        rf"(?:er is |{_NL_TEXT} (?:bevat|geeft) )?geen (?:informatie|antwoord|gegevens|vermelding)"
        rf"(?: {_NL_TOLD})?{_NL_HERE}?(?: (?:over|van|met betrekking tot) .*)?"
    ),
    r"onbekend|onduidelijk|ik weet het niet|staat niet in de tekst",
)
_ZH_TEXT = (
    r"(?:[本该該此这這]段?|所?[给給]定的?|(?:所)?提供的)?"
    r"(?:文本|文中|文章|文[档檔件]|原文|段落|摘[录錄要]|片段|[节節][选選]|[内內]容|上下文"
    r"|[资資]料)[中里裡内內]?"
)
_ZH_NEWS = r"(?:信息|[资資][讯訊]|[内內]容|答案|[数數][据據]|[说說]明)"
_ZH_TOLD = r"(?:提及|提到|[说說]明|[给給]出|提供|指出|披露|涉及|包含|找到|列出|注明|[记記][载載])"
_CHINESE = (
    (
        rf"(?:在?{_ZH_TEXT})?[并並]?(?:未|[没沒]有?)(?:在{_ZH_TEXT})?"
        rf"(?:明[确確]|具体|直接)?{_ZH_TOLD}"
        rf"(?:任何|相[关關]|具体|[该該]|此)*的?{_ZH_NEWS}?"
    ),
    rf".+(?:未|[没沒]有?)在{_ZH_TEXT}{_ZH_TOLD}",
    rf"在?{_ZH_TEXT}[并並]?(?:未|[没沒]有?)(?:提[及到]|[说說]明|指出).+",
    rf"(?:{_ZH_TEXT})?(?:[无無]|[没沒]有)(?:任何|相[关關])*的?{_ZH_NEWS}",
    r"(?:[无無]法|不能)(?:[确確]定|回答|得知|判[断斷])|不[详詳]|未知|不清楚|(?:我)?不知道",
)
_JA_TEXT = (
    r"(?:この)?(?:テキスト|本文|文書|文章|抜粋|文中|資料|コンテキスト)(?:の?中)?(?:に|で)?は?"
)
_JA_SAID = r"(?:記載|言及|記述|説明|明記|提供|情報|該当)"
_JA_NOT = r"(?:なし|ない|無し|無い|ありません(?:でした)?|(?:い|おり)ません|いない|おらず)"
_JAPANESE = (
    (
        rf"(?:.+は)?(?:{_JA_TEXT})?(?:.+に(?:関する|ついての?))?"
        rf"{_JA_SAID}(?:が|は|も|されて)?{_JA_NOT}(?:です)?"
    ),
    rf"(?:.+は)?(?:{_JA_TEXT})?(?:述べられて|示されて|書かれて){_JA_NOT}",
    rf"(?:{_JA_TEXT})?見つかりません(?:でした)?",
    r"不明(?:です)?|(?:わ|分)かりません",
)
_CONTRASTS = (
    r"\b(?:aber|jedoch|sondern|mais|cependant|sauf|pero|sino|salvo|excepto|ma|tuttavia|mas|porem"
    r"|exceto|maar|behalve)\b|但|而是|しかし|ただし"
)
_PHRASES = (
    *_GERMAN,
    *_FRENCH,
    *_SPANISH,
    *_ITALIAN,
    *_PORTUGUESE,
    *_DUTCH,
    *_CHINESE,
    *_JAPANESE,
)
ABSTENTIONS_ELSEWHERE = rf"(?!.*(?:{_CONTRASTS}))(?:{'|'.join(_PHRASES)})"
"""A pattern of them, for whole phrases."""
