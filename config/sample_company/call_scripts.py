"""Two customer calls in English. A line that begins with > is a commitment: who speaks it, made it.

Slots: {rep} {product} {price} (million yuan).
"""

PRICE_CALL = """\
REP: Good morning, this is {rep} from Ruize Intelligent Equipment. Is this still a good time to talk?
CUSTOMER: Yes, good morning. I have about ten minutes before the production meeting.
REP: Thank you. You received our quotation for the {product}, at {price} million yuan. What did your team think?
CUSTOMER: To be honest, the price is too high. Demark offered us a similar machine for fifteen percent less.
REP: I understand. That is a big difference. May I ask which configuration Demark quoted, and what warranty they gave?
CUSTOMER: One year of warranty, and the training is not included. But my director only looks at the total.
REP: How many shifts do you run today, and how many days did the old machine stand still last year?
CUSTOMER: Two shifts. We lost about twelve days, and each day cost us around thirty thousand yuan.
REP: So that is more than three hundred thousand yuan a year. Our machine comes with two years of warranty, and an \
engineer arrives within four hours.
CUSTOMER: That sounds good, but can you prove it? Everybody promises fast service.
REP: You are right to ask. We measured it for every customer in your province. The average was three hours and ten \
minutes.
CUSTOMER: All right. I would need this on paper for our finance department.
> REP: I will send you the three year cost comparison and the service report by Thursday.
CUSTOMER: Good. What about the delivery time? We must start production in the new hall on the first of the month.
REP: If we sign before the end of this week, I can keep one production slot for you, and we deliver in forty five days.
CUSTOMER: I cannot promise that. The budget meeting is on Friday afternoon.
REP: Would it help if our engineer joined that meeting for twenty minutes?
CUSTOMER: Yes, that would help a lot.
> CUSTOMER: I will send you the meeting link tomorrow morning.
> REP: And I will ask Mister Zhao to prepare the sample parts before Friday.
CUSTOMER: Fine. Let us talk again on Friday, then.
REP: Thank you for your time. Goodbye.
CUSTOMER: Goodbye.
"""

DELIVERY_CALL = """\
REP: Hello, this is {rep} from Ruize. I am calling about the {product} we discussed last week.
CUSTOMER: Hello. Good that you call. I am not very happy, I must say.
REP: I am sorry to hear that. What happened?
CUSTOMER: I asked for the layout drawing twice, and nobody answered for four days.
REP: That is our mistake, and I apologise. The drawing was ready, but it was not sent to you.
CUSTOMER: In the meantime, Henglida was here with two people. They showed us a demo and they can deliver in thirty days.
REP: What did you like about the demo?
CUSTOMER: It was quick, and the operator learned it in one afternoon. Also their price is a little lower than your \
{price} million.
REP: Did they show it with your own parts, or with standard samples?
CUSTOMER: Standard samples only. Our parts are more difficult, with long edges and thin sheets.
REP: Then I would suggest a test with your own parts. The result decides, not the brochure.
CUSTOMER: How long would that take? We decide at the end of the month.
REP: Three days. You bring ten parts to our centre in Suzhou, and you see every step.
CUSTOMER: Who pays for the transport?
REP: We do. And the test report belongs to you, whatever you decide.
CUSTOMER: That is fair.
> REP: I will send the layout drawing today before five o'clock.
> CUSTOMER: I will prepare the ten parts and confirm the date by Wednesday.
REP: Is there anyone else who should see the test?
CUSTOMER: Yes, our plant manager. Without him we cannot sign anything.
> REP: Then I will call his office tomorrow and arrange the visit.
CUSTOMER: Good. Please do not let me wait again.
REP: I promise. Thank you for being so open. Goodbye.
"""

PRODUCT_NAMES = {
    "RZ-L": "fiber laser cutting machine",
    "RZ-B": "press brake",
    "RZ-W": "welding robot cell",
    "RZ-A": "automatic loading system",
    "RZ-MES": "workshop software",
    "RZ-Care": "service package",
}
REP_NAMES = {"xuanna": "Anna", "linkaiwen": "Kevin"}
RIVALS = {"price": "德玛克", "delivery": "恒力达"}  # who is named in each call, as the CRM writes it
SCRIPTS = {"price": PRICE_CALL, "delivery": DELIVERY_CALL}
