"""What mail programs write around the mail that is answered or passed on, by language. Words only."""

import re

# Labels of the head that Outlook, phones and webmail write above the earlier mail. Swedish, English, German, French,
# Norwegian, Danish, Finnish, Dutch, Spanish, Italian, Polish, Portuguese, and the commonest others.
FROM = (
    "från from von de fra lähettäjä van da od expéditeur mittente remitente nadawca afzender avsändare sender "
    "feladó expeditorul odesílatel šalje saatja gönderen від 发件人 寄件者 寄件人 差出人 보낸사람 от kimden από"
)
SENT = (
    "skickat skickad datum date sent gesendet envoyé date sendt dato lähetetty päivämäärä pvm verzonden enviado "
    "enviada fecha inviato data wysłane wysłano datum/tid 发送时间 寄件日期 日期 时间 日時 送信日時 送信日 "
    "보낸날짜 날짜 odesláno odoslané elküldve dátum trimis отправлено дата gönderme gönderildi tarih στάλθηκε "
    "ημερομηνία надіслано saadetud poslano"
)
TO = (
    "till to an à a til vastaanottaja aan para per do cc kopia kopie kopi copie copia kopio dw udw bcc destinataire "
    "destinatario pour adresat komu címzett destinatarul prima pre másolat 收件人 抄送 宛先 받는사람 кому kime προς"
)
SUBJECT = (
    "předmět predmet tárgy subiect subiectul naslov ämne rubrik subject betreff objet sujet emne aihe onderwerp "
    "asunto oggetto soggetto temat assunto 主题 主旨 件名 "
    "题目 제목 тема konu θέμα teema zadeva"
)
KIND_OF_LABEL = {
    word: kind
    for kind, words in (("from", FROM), ("sent", SENT), ("to", TO), ("subject", SUBJECT))
    for word in words.split()
} | {
    "보낸 사람": "from",
    "보낸 날짜": "sent",
    "받는 사람": "to",
    "enviado el": "sent",
    "enviado em": "sent",
    "enviada em": "sent",
    "data wysłania": "sent",
}

# A line of its own above the earlier mail, between dashes (however many) or ending in a colon.
_ORIGINAL = (
    "original message|reply message|original e?-?mail|ursprungligt meddelande|originalmeddelande|"
    "ursprüngliche nachricht|original-?nachricht|ursprüngliche mail|message d'origine|message original|message initial|"
    "opprinnelig melding|"
    "oprindelig meddelelse|original meddelelse|alkuperäinen viesti|oorspronkelijk bericht|mensaje original|"
    "messaggio originale|wiadomość oryginalna|oryginalna wiadomość|mensagem original|原始邮件|原始郵件|"
    "original appointment|oprindelig besked|opprinnelig e-?post|původní (?:zpráva|e-mail)|pôvodná správa|"
    "eredeti üzenet|mesaj(?:ul)? original|исходное сообщение|оригинальное сообщение|αρχικό μήνυμα|izvorna poruka|"
    "originalna poruka|izvirno sporočilo|özgün ileti|orijinal (?:mesaj|ileti)|missatge original|algne kiri|"
    "元のメッセージ|원본 메시지|원본 메일|thư gốc|pesan asli"
)
_FORWARDED = (
    "forwarded message|forwarded by [^\\n]{1,120}?|forwarded mail|vidarebefordrat meddelande|vidarebefordrat brev|"
    "vidarebefordrat mejl|weitergeleitete nachricht|weitergeleitete mail|message transféré|message transmis|"
    "videresendt melding|videresendt meddelelse|videresendt besked|välitetty viesti|edelleenlähetetty viesti|"
    "doorgestuurd bericht|mensaje reenviado|messaggio inoltrato|wiadomość przekazana dalej|przekazana wiadomość|"
    "mensagem encaminhada|mensagem reencaminhada|edelleenlähetetty|treść przekazanej wiadomości|välitetty viesti / "
    "fwd.msg|přeposlaná zpráva|továbbított üzenet|转发邮件|轉寄的郵件|转发的邮件|пересылаемое сообщение|"
    "пересланное сообщение|προωθημένο μήνυμα|iletilen ileti|転送メッセージ|전달된 메시지|proslijeđena poruka|forwarded"
)
_BEGINS = (
    "begin forwarded message|vidarebefordrat brev|vidarebefordrat mejl|påbörjat vidarebefordrat meddelande|"
    "anfang der weitergeleiteten (?:nachricht|e-mail)|anfang der weitergeleiteten mail|début du message "
    "(?:réexpédié|transféré)|"
    "videresendt melding|start på videresendt besked|videresendt besked|start på videresendt melding|"
    "välitetty viesti alkaa|begin doorgestuurd bericht|inicio del mensaje reenviado|inizio messaggio inoltrato|"
    "początek przekazywanej wiadomości|início da mensagem reencaminhada|início da mensagem encaminhada"
)
ORIGINAL_LINE = re.compile(rf"^[\s*_]{{0,4}}-{{2,40}} {{0,3}}(?:{_ORIGINAL}):?[ *]{{0,3}}-{{2,40}}[\s*_]{{0,4}}$", re.I)
FORWARDED_LINE = re.compile(
    rf"^[\s*_]{{0,4}}(?:-{{2,40}} {{0,3}}(?:{_FORWARDED}):? {{0,3}}-{{2,40}}|(?:{_BEGINS}) ?:)[\s*_]{{0,4}}$", re.I
)

# "… wrote": how the one line above a quote says it.
WROTE = re.compile(
    r"(?<!\w)(?:wrote|writes|skrev|skriver|schrieb|schreibt|a écrit|écrit|schreef|geschreven|escribió|escribiste|"
    r"ha scritto|"
    r"scrive|napisał\(a\)|napisała?|pisze|escreveu|kirjoitti|kirjoittaa|sent|написала?|написал\(а\)|пишет|"
    r"şunu yazdı|écrivait|pisał\(a\)|on behalf of|geschrieben|napsala?|napsal\(a\)|napísala?|napísal\(a\)|ezt írta|"
    r"írta|a scris|έγραψε|napisao|napisala|написао(?:/ла)?|написа|пише|kirjutas|rakstīja|rašė|"
    r"skrifaði|đã viết|menulis)(?!\w)|写道|寫道|님이 작성",
    re.I,
)
# Above the earlier mail on some phones: "---- Anna Ek skrev ----".
WROTE_LINE = re.compile(
    r"^\s{0,4}-{3,20} [^\n\d@-][^\n\d@]{0,80} (?:wrote|skrev|schrieb|a écrit|schreef|escribió|ha scritto|escreveu|"
    r"kirjoitti|napisał(?:\(a\))?) -{3,20}\s{0,4}$",
    re.I,
)
BEGINS_ATTRIBUTION = re.compile(
    r"^\s{0,4}(?:-{1,20} ?)?(?:on|at|in message|the|den|kl|på|am|le|op|el|il|il giorno|w dniu|dnia|em|a|no dia|em ter|"
    r"citat|citerar|excerpts from|quoting|quote from|begin quote|"
    r"m[åa]n|tis?|ons|tors?|fre|l[öø]r|s[öø]n|man|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|"
    r"ma|ti|ke|to|pe|la|su|wo|vr|za|zo|lun|mar|mer|mié|jeu|jue|ven|vie|sam|sáb|dim|dom|pon|wt|śr|czw|pt|sob|ndz|"
    r"seg|ter|qua|qui|sex|"
    r"(?:m[åa]n|tis|ons|tors|fre|l[öø]r|s[öø]n|tirs)dag(?:en)?|(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|"
    r"\d{1,4}|在|于|於)(?=[\s.,:/年-]|$)",
    re.I,
)
MYSELF = re.compile(r"(?:skrev (?:jag|vi)|(?<!\w)(?:i|we|you) wrote|(?:ich|wir) schrieb)", re.I)

# "Write your answer above this line" and its kin, ours and other systems': a line of its own, however adorned.
ABOVE_THIS_LINE = re.compile(
    r"^[\s#=*_>\[(|~-]{0,40}(?:please |vänligen |bitte |var god )?(?:reply|answer|type|write|respond|svara|skriv|"
    r"antworte|"
    r"schreib|répond|écri|antwoord|vastaa|kirjoita)[^.!?]{0,60}"
    r"(?:above|ovanför|ovan|oberhalb|über|au-dessus|ovenfor|over|boven|yläpuolelle)[^.!?]{0,30}"
    r"(?:line|rad|raden|zeile|linie|ligne|linje|linjen|lijn|rivin)[\s#=*_\])|~.:-]{0,40}$",
    re.I,
)

# How a letter begins, where nothing else is said in the line.
GREETING = re.compile(
    r"^\s{0,4}(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|hej|hejsan|hallå|god (?:morgon|dag|kväll)|"
    r"tjena|hallo|liebe[r]?|guten (?:tag|morgen|abend)|sehr geehrte[r]?|moin|bonjour|salut|bonsoir|hei|moi|terve|"
    r"goede(?:morgen|middag|navond|ndag)|beste|hola|buen(?:os|as) \w+|ciao|buongiorno|olá|bom dia|boa tarde|cześć|"
    r"dzień dobry|witam)\b[^.?:\n]{0,50}[,!.]?\s*$",
    re.I,
)

# How a letter ends, by which what follows is known to be a name and an address, nothing more.
CLOSING = re.compile(
    r"^\s{0,4}(?:mvh|m\.?v\.?h\.?|vh|v\.h\.|hälsningar|(?:med )?(?:vänliga?|bästa|varma|många|soliga|glada) "
    r"hälsning(?:ar)?|vänligen|(?:best|kind|kindest|warm|many)(?: regards| wishes)?|regards|br|kr|yours|sincerely|"
    r"cheers|"
    r"(?:mit )?(?:freundliche[nm]?|beste|viele|liebe|herzliche) gr(?:u|ü)(?:ß|ss)en?|mfg|lg|vg|"
    r"(?:med )?(?:vennlig|venlig) hilsen|hilsen|cordialement|bien à vous|ystävällisin terveisin|terveisin|"
    r"met vriendelijke groet(?:en)?|groet(?:en)?|saludos|un saludo|cordiali saluti|saluti|pozdrawiam|atenciosamente|"
    r"/\s?\w+(?: \w+)?)\b",
    re.I,
)

# What a phone adds below what was written: not a quote, and not something somebody wrote.
SENT_FROM = re.compile(
    r"^\s{0,4}(?:sent (?:from|with|using|via)|skickat från|skickat med|skickades från|hämta outlook|skaffa outlook|"
    r"get outlook|von meinem|gesendet (?:von|mit)|envoyé (?:de|depuis|à partir)|sendt fra|sendt med|lähetetty|"
    r"verzonden vanaf|verstuurd vanaf|enviado (?:desde|do)|inviato da|wysłane z|hol dir outlook|outlook für)\b",
    re.I,
)
