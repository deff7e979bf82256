"""Who acts: the person, their rights and the till, as every use case sees them."""

from __future__ import annotations

from dataclasses import dataclass

from shopdesk.core.errors import NotPermitted
from shopdesk.core.permissions import Permission


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the built-in ``local``) with the rights they hold at this moment.

    ``discount_cap_ppm`` is the largest discount given without approval, None for no cap. ``scopes`` narrows an API key; None
    means not narrowed. ``api_key_id`` names the key that is used, so that revoking it takes effect at once.
    """

    user_id: int
    username: str
    role: str
    permissions: frozenset[str] = frozenset()
    discount_cap_ppm: int | None = 0
    till_id: int | None = None
    session_uid: str | None = None
    scopes: frozenset[str] | None = None
    api_key_id: int | None = None

    def may(self, permission: Permission) -> bool:
        """Whether the role, and the API key if one is used, include a permission."""
        return permission in self.permissions and (self.scopes is None or permission in self.scopes)

    @property
    def effective(self) -> frozenset[str]:
        """What the actor may do: the role's permissions, less what the API key leaves out."""
        return self.permissions if self.scopes is None else self.permissions & self.scopes

    def require(self, permission: Permission) -> None:
        """Raise NotPermitted unless the actor may."""
        if not self.may(permission):
            raise NotPermitted(permission.value)
