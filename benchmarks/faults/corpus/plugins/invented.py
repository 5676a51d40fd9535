"""Destinations that nobody has, with field specs as full of rules as those that people have."""

from segue import Destination, Request, action


def text(title, most, **more):
    return {"type": "string", "title": title, "minLength": 1, "maxLength": most, **more}


def fields(required, properties, **more):
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required,
        "properties": properties,
        **more,
    }


EMAIL = {"type": "string", "format": "email", "title": "Email", "maxLength": 254}
MOMENT = {"type": "string", "format": "date-time", "title": "When"}
COUNTRY = {"type": "string", "title": "Country", "pattern": "^[A-Z]{2}$"}
CURRENCY = {"type": "string", "title": "Currency", "enum": ["EUR", "USD", "GBP", "CHF"]}
MONEY = {"type": "number", "title": "Amount", "minimum": 0, "maximum": 10_000_000}
PERSON = text("Person", 64)

LEDGER = Destination("ledger", title="Ledger", url="https://ledger.example/v1")
CRM = Destination("crm", title="Lakeside CRM", url="https://crm.example/api")
PULSE = Destination("pulse", title="Pulse Push", url="https://pulse.example/v3")
ADS = Destination("ads", title="Billboard Ads", url="https://ads.example/v9")
DESK = Destination("desk", title="Front Desk", url="https://desk.example/v2")
AIR = Destination("air", title="Air Audience", url="https://air.example/v1")

LINE = fields(
    ["sku", "quantity"],
    {
        "sku": text("SKU", 40),
        "name": text("Name", 80),
        "quantity": {"type": "integer", "title": "Quantity", "minimum": 1, "maximum": 999},
        "price": MONEY,
    },
)
ADDRESS = fields(
    ["country"],
    {
        "street": text("Street", 100),
        "city": text("City", 60),
        "postcode": text("Postcode", 12),
        "country": COUNTRY,
    },
)


@action(
    LEDGER,
    "recordOrder",
    trigger='type = "track" and event = "Order Completed"',
    fields=fields(
        ["order", "total", "currency", "placed"],
        {
            "order": text("Order", 40, pattern="^[A-Z0-9-]+$"),
            "total": MONEY,
            "currency": CURRENCY,
            "placed": MOMENT,
            "customer": PERSON,
            "channel": {"type": "string", "title": "Channel", "enum": ["web", "app", "shop"]},
            "coupon": text("Coupon", 30),
            "note": text("Note", 120),
            "ship_to": ADDRESS,
            "lines": {
                "type": "array",
                "title": "Lines",
                "minItems": 1,
                "maxItems": 100,
                "items": LINE,
            },
            "first_sku": text("First SKU", 40),
            "gift": {"type": "boolean", "title": "Gift"},
        },
    ),
)
def record_order(payload):
    return Request.put(f"/orders/{payload['order']}", json=payload)


@action(
    LEDGER,
    "recordPayment",
    trigger='type = "track" and event = "Payment Received"',
    fields=fields(
        ["reference", "cents", "currency"],
        {
            "reference": text("Reference", 60),
            "cents": {"type": "integer", "title": "Cents", "minimum": -(10**9), "maximum": 10**9},
            "currency": CURRENCY,
            "booked_on": {"type": "string", "format": "date", "title": "Booked on"},
            "method": {"type": "string", "title": "Method", "enum": ["card", "sepa", "other"]},
            "account": PERSON,
            "memo": text("Memo", 60),
        },
    ),
)
def record_payment(payload):
    return Request.post("/payments", json=payload)


@action(
    CRM,
    "upsertPerson",
    trigger='type = "identify"',
    fields=fields(
        ["external_id"],
        {
            "external_id": PERSON,
            "email": EMAIL,
            "phone": {"type": "string", "title": "Phone", "pattern": r"^\+[0-9]{7,15}$"},
            "first_name": text("First name", 40),
            "last_name": text("Last name", 40),
            "full_name": text("Full name", 90),
            "language": {"type": "string", "title": "Language", "pattern": "^[a-z]{2}$"},
            "stage": {
                "type": "string",
                "title": "Stage",
                "enum": ["lead", "trial", "customer", "lost"],
            },
            "mrr": {"type": "number", "title": "MRR", "minimum": 0},
            "seats": {"type": "integer", "title": "Seats", "minimum": 0},
            "born": {"type": "string", "format": "date", "title": "Born"},
            "website": {"type": "string", "format": "uri", "title": "Website", "maxLength": 200},
            "company": fields(
                ["name"],
                {
                    "name": text("Company", 80),
                    "size": {"type": "integer", "title": "Size", "minimum": 1},
                    "country": COUNTRY,
                },
            ),
            "tags": {
                "type": "array",
                "title": "Tags",
                "maxItems": 10,
                "uniqueItems": True,
                "items": text("Tag", 30),
            },
            "opted_in": {"type": "boolean", "title": "Opted in"},
            "attributes": {
                "type": "object",
                "title": "Attributes",
                "maxProperties": 40,
                "additionalProperties": {"maxLength": 200},
            },
        },
        **{
            "if": {"properties": {"stage": {"const": "customer"}}, "required": ["stage"]},
            "then": {"required": ["mrr"]},
        },
    ),
)
def upsert_person(payload):
    return Request.put("/people", json=payload)


@action(
    CRM,
    "logActivity",
    trigger='type = "track"',
    fields=fields(
        ["person", "kind", "at"],
        {
            "person": PERSON,
            "kind": text("Kind", 50, pattern="^[a-z0-9_]+$"),
            "at": MOMENT,
            "summary": text("Summary", 140),
            "value": {"type": "number", "title": "Value"},
            "url": {"type": "string", "format": "uri", "title": "URL", "maxLength": 500},
            "details": {"type": "string", "title": "Details, as JSON", "maxLength": 10_000},
            "data": {"type": "object", "title": "Data", "additionalProperties": {"maxLength": 500}},
        },
    ),
)
def log_activity(payload):
    return Request.post("/activities", json=payload)


@action(
    CRM,
    "upsertAccount",
    trigger='type = "group"',
    fields=fields(
        ["account", "name"],
        {
            "account": PERSON,
            "name": text("Name", 80),
            "plan": {"type": "string", "title": "Plan", "enum": ["free", "team", "business"]},
            "employees": {"type": "integer", "title": "Employees", "minimum": 0},
            "domain": {"type": "string", "format": "hostname", "title": "Domain"},
            "since": {"type": "string", "format": "date", "title": "Since"},
            "address": ADDRESS,
            "active": {"type": "boolean", "title": "Active"},
        },
    ),
)
def upsert_account(payload):
    return Request.put("/accounts", json=payload)


@action(
    PULSE,
    "sendPush",
    trigger='type = "track"',
    fields=fields(
        ["token", "platform", "body"],
        {
            "token": {"type": "string", "title": "Token", "minLength": 8, "maxLength": 200},
            "platform": {"type": "string", "title": "Platform", "enum": ["ios", "android"]},
            "title": text("Title", 50),
            "body": text("Body", 178),
            "badge": {"type": "integer", "title": "Badge", "minimum": 0, "maximum": 999},
            "link": {"type": "string", "format": "uri", "title": "Link", "maxLength": 300},
            "silent": {"type": "boolean", "title": "Silent"},
            "data": {
                "type": "object",
                "title": "Data",
                "maxProperties": 20,
                "additionalProperties": {"type": "string", "maxLength": 200},
            },
        },
    ),
)
def send_push(payload):
    return Request.post("/push", json=payload)


@action(
    PULSE,
    "registerDevice",
    trigger='type = "identify"',
    fields=fields(
        ["token", "person", "platform"],
        {
            "token": {"type": "string", "title": "Token", "minLength": 8, "maxLength": 200},
            "person": PERSON,
            "platform": {"type": "string", "title": "Platform", "enum": ["ios", "android"]},
            "app_version": {
                "type": "string",
                "title": "App version",
                "pattern": r"^[0-9]+(\.[0-9]+){0,2}$",
            },
            "os": text("System", 40),
            "locale": {"type": "string", "title": "Locale", "pattern": "^[a-z]{2}-[A-Z]{2}$"},
            "zone": text("Time zone", 40),
            "push": {"type": "boolean", "title": "Push allowed"},
        },
    ),
)
def register_device(payload):
    return Request.put(
        "/devices", json=payload, headers={"X-Platform": payload["platform"].upper()}
    )


@action(
    ADS,
    "uploadConversion",
    trigger='type = "track"',
    fields=fields(
        ["conversion", "at"],
        {
            "conversion": {
                "type": "string",
                "title": "Conversion",
                "enum": ["purchase", "lead", "signup", "view"],
            },
            "at": {"type": ["string", "number"], "format": "date-like", "title": "When"},
            "value": {"type": "number", "title": "Value", "minimum": 0},
            "currency": {"type": "string", "title": "Currency", "pattern": "^[A-Z]{3}$"},
            "click": text("Click ID", 100),
            "email": EMAIL,
            "ip": {"type": "string", "format": "ipv4", "title": "IP"},
            "page": {"type": "string", "format": "uri", "title": "Page", "maxLength": 1000},
            "campaign": text("Campaign", 60),
            "skus": {
                "type": "array",
                "title": "SKUs",
                "maxItems": 50,
                "items": {"type": "string", "minLength": 1},
            },
            "consent": {"type": "boolean", "title": "Consent", "const": True},
        },
        anyOf=[{"required": ["click"]}, {"required": ["email"]}],
        dependentRequired={"value": ["currency"]},
    ),
)
def upload_conversion(payload):
    return Request.post("/conversions", json=payload)


@action(
    DESK,
    "openTicket",
    trigger='type = "track"',
    fields=fields(
        ["from", "subject", "priority"],
        {
            "from": EMAIL,
            "subject": text("Subject", 80),
            "body": text("Body", 2000),
            "priority": {
                "type": "string",
                "title": "Priority",
                "enum": ["low", "normal", "high", "urgent"],
            },
            "due": {"type": "string", "format": "date", "title": "Due"},
            "labels": {
                "type": "array",
                "title": "Labels",
                "minItems": 1,
                "maxItems": 5,
                "items": text("Label", 20),
            },
            "score": {"type": "integer", "title": "Score", "minimum": 1, "maximum": 5},
            "reference": text("Reference", 40),
        },
    ),
)
def open_ticket(payload):
    return Request.post("/tickets", json=payload)


@action(
    AIR,
    "reportPlay",
    trigger='type = "track"',
    fields=fields(
        ["content", "listener", "seconds"],
        {
            "content": text("Content", 40, pattern="^[a-z]+:[0-9]+$"),
            "listener": PERSON,
            "seconds": {"type": "integer", "title": "Seconds", "minimum": 0, "maximum": 86_400},
            "share": {"type": "number", "title": "Share heard", "minimum": 0, "maximum": 1},
            "quality": {"type": "string", "title": "Quality", "enum": ["low", "medium", "high"]},
            "genres": {
                "type": "array",
                "title": "Genres",
                "maxItems": 8,
                "items": text("Genre", 30),
            },
            "title": text("Title", 100),
            "live": {"type": "boolean", "title": "Live"},
            "started": MOMENT,
            "device": fields(
                ["kind"],
                {
                    "kind": {"type": "string", "enum": ["tv", "phone", "web", "speaker"]},
                    "model": text("Model", 40),
                },
            ),
        },
    ),
)
def report_play(payload):
    return Request.post("/plays", json=payload)


@action(
    AIR,
    "reportView",
    trigger='type = "page" or type = "screen"',
    fields=fields(
        ["viewer", "name"],
        {
            "viewer": PERSON,
            "name": text("Name", 60),
            "section": text("Section", 40),
            "url": {"type": "string", "format": "uri", "title": "URL", "maxLength": 400},
            "path": {"type": "string", "title": "Path", "pattern": "^/", "maxLength": 200},
            "referrer": {"type": "string", "format": "uri", "title": "Referrer", "maxLength": 400},
            "keywords": {
                "type": "array",
                "title": "Keywords",
                "maxItems": 20,
                "items": {"type": "string"},
            },
            "width": {"type": "integer", "title": "Width", "minimum": 1, "maximum": 20_000},
        },
    ),
)
def report_view(payload):
    return Request.post("/views", json=payload)
