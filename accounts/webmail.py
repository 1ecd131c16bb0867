"""The public webmail domains a new portal's list begins with; each portal keeps its own list from then on (I6)."""

WEBMAIL_DOMAINS = tuple(
    """
    gmail.com googlemail.com outlook.com outlook.se hotmail.com hotmail.se hotmail.co.uk live.com live.se msn.com
    yahoo.com yahoo.se yahoo.co.uk ymail.com rocketmail.com icloud.com me.com mac.com aol.com aim.com proton.me
    protonmail.com pm.me tutanota.com tuta.com tutamail.com gmx.com gmx.de gmx.net web.de t-online.de mail.com email.com
    mail.ru yandex.com yandex.ru zoho.com fastmail.com hey.com hushmail.com posteo.de mailbox.org telia.com bredband.net
    bredband2.com comhem.se spray.se passagen.se tele2.se home.se bahnhof.se glocalnet.net swipnet.se ownit.nu online.no
    broadpark.no getmail.no jubii.dk ofir.dk mail.dk luukku.com kolumbus.fi suomi24.fi orange.fr free.fr laposte.net
    wanadoo.fr libero.it virgilio.it wp.pl onet.pl interia.pl o2.pl seznam.cz qq.com 163.com 126.com rediffmail.com
    btinternet.com sky.com virginmedia.com comcast.net verizon.net att.net cox.net duck.com mailinator.com
    guerrillamail.com 10minutemail.com yopmail.com
    """.split()
)
