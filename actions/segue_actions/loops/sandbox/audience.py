"""The contacts of a team, found by id, by email and by userId."""

from collections.abc import Mapping

from segue_actions.loops.sandbox.model import Contact, Record, Scalar


class Audience:
    """Contacts with their indexes. Addresses match whatever their case and surrounding spaces."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._contacts: dict[str, Contact] = {}
        self._emails: dict[str, Contact] = {}
        self._users: dict[str, Contact] = {}

    def __len__(self) -> int:
        return len(self._contacts)

    def all(self) -> list[Contact]:
        """Every contact, the one that changed last first."""
        return sorted(self._contacts.values(), key=lambda one: one.updated, reverse=True)

    def get(self, id: str) -> Contact | None:  # noqa: A002 Loops' word
        return self._contacts.get(id)

    def with_email(self, email: str | None) -> Contact | None:
        return self._emails.get(_folded(email)) if email else None

    def with_user(self, user_id: str | None) -> Contact | None:
        return self._users.get(user_id) if user_id else None

    def put(self, contact: Contact, values: Mapping[str, Scalar]) -> None:
        """Give a contact these values, and keep it under what are now its email and userId."""
        self._drop_names(contact)
        contact.values.update(values)
        self.restore(contact)
        self._record("contact", contact.id, contact)

    def remove(self, contact: Contact) -> None:
        self._drop_names(contact)
        del self._contacts[contact.id]
        self._record("contact", contact.id, None)

    def restore(self, contact: Contact) -> None:
        """Keep a contact that is on record already."""
        self._contacts[contact.id] = contact
        self._emails[_folded(contact.email)] = contact
        if contact.user_id:
            self._users[contact.user_id] = contact

    def _drop_names(self, contact: Contact) -> None:
        if contact.id in self._contacts:
            self._emails.pop(_folded(contact.email), None)
            self._users.pop(contact.user_id or "", None)


def _folded(email: str) -> str:
    return email.strip().lower()
