"""A mail on the ticket's page: what was written now, formatted; what it quotes, folded, and there once."""

import pytest

from accounts.scoping import tenant_scope
from notifications.models import MailAddress
from tests.notifications.incoming import SUPPORT, come, write
from tests.pages import Page
from tickets.models import Message

PLAIN = "Zone 7 it is\n\nOn Mon, 1 Jan 2026 at 10:00, Support <support@north.example> wrote:\n\n> Which zone?\n"
MARKED = (
    '<div><b>Zone 7</b> it is</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon, 1 Jan 2026 at 10:00, '
    "Support &lt;support@north.example&gt; wrote:</div><blockquote>Which zone?</blockquote></div>"
)
UNMARKED = (
    "<p><b>Zone 7</b> it is</p><p>On Mon, 1 Jan 2026 at 10:00, Support &lt;support@north.example&gt; wrote:</p>"
    "<p>&gt; Which zone?</p>"
)


@pytest.mark.parametrize(("html", "is_bold"), [(MARKED, True), (UNMARKED, False)])
def test_what_a_formatted_mail_quotes_is_folded_and_there_once(portal, other_portal, browse, html, is_bold):
    with tenant_scope(portal.tenant):
        MailAddress.objects.create(email=SUPPORT, topic=portal.topic, department=portal.department)
        mail = come(portal, write(PLAIN, html=html))
        message = Message.objects.get(ticket=mail.ticket)
    for client, url in (
        (browse(portal, portal.customer), f"/tickets/{mail.ticket.number}/"),
        (browse(portal, portal.agent), f"/desk/tickets/{mail.ticket.number}/"),
    ):
        page = Page(client.get(url))
        assert page.text.count("Zone 7") == 1
        assert page.text.count("Which zone?") == 1
        assert [more for more in page.all("details") if "quoted" in more.get("class", "")]
    assert (message.body, "<b>" in message.html) == ("Zone 7 it is", is_bold)
