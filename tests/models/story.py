"""A story to be sent to Loops in pieces, and what a clean run makes of it."""

from collections import defaultdict


def tell(users, events, chance):
    """The events of each user in order: some say who it is, most what it does."""
    steps = defaultdict(list)
    for _ in range(events):
        user = f"u{chance.randrange(users)}"
        make = chance.choices([identify, track], [1, 3])[0]
        steps[user].append(make(user, len(steps[user])))
    return steps


def identify(user, step):
    traits = {"email": f"{user}@example.com", "firstName": f"Ada {step}", "favoriteNumber": step}
    return {"type": "identify", "userId": user, "messageId": f"{user}-{step}", "traits": traits}


def track(user, step):
    told = {"event": f"Event {step % 7}", "properties": {"step": step}}
    person = {"userId": user, "context": {"traits": {"email": f"{user}@example.com"}}}
    return {"type": "track", "messageId": f"{user}-{step}", **told, **person}


def clean(users):
    """Contacts, and for each user its events, as they are when nothing ever goes wrong."""
    contacts = {user: contact(user, steps) for user, steps in users.items()}
    events = {
        f"{user}@example.com": [
            (one["event"], one["properties"]) for one in steps if one["type"] == "track"
        ]
        for user, steps in users.items()
    }
    return contacts, events


def contact(user, steps):
    last = next((one["traits"] for one in reversed(steps) if one["type"] == "identify"), {})
    names = {"email": f"{user}@example.com", "userId": user, **last}
    source = "Segment" if last else "API"
    fresh = {"source": source, "subscribed": True, "userGroup": "", "createdAt": None}
    return {**fresh, **names}


def shared(users, writers, chance):
    """The events of each writer: each has users of its own, whose events it takes in turns."""
    for number in range(writers):
        lanes = [[*reversed(one)] for one in [*users.values()][number::writers]]
        events = []
        while lanes:
            lane = chance.choice(lanes)
            events.append(lane.pop())
            if not lane:
                lanes.remove(lane)
        yield events


def batches(events, chance):
    found = []
    while events:
        size = chance.choice([1, 2, 10, 50])
        found.append(events[:size])
        events = events[size:]
    return found


def split(items, parts):
    """The items in order, in so many parts of about the same size."""
    return [
        items[len(items) * part // parts : len(items) * (part + 1) // parts]
        for part in range(parts)
    ]
