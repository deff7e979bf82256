"""The whole schema: importing this completes the one metadata."""

from __future__ import annotations

import shopdesk.catalogue.models
import shopdesk.catalogue.search_schema
import shopdesk.feeds.models
import shopdesk.inventory.cost_models
import shopdesk.inventory.count_models
import shopdesk.inventory.models
import shopdesk.inventory.reservation_models
import shopdesk.inventory.transfer_models
import shopdesk.marketing.models
import shopdesk.marketing.review_models
import shopdesk.marketing.wish_models
import shopdesk.orders.models
import shopdesk.parties.models
import shopdesk.purchasing.models
import shopdesk.sales.models
import shopdesk.sales.return_models
import shopdesk.system.jobs_models
import shopdesk.system.models  # noqa: F401 - imported for their tables
from shopdesk.db.base import Base

METADATA = Base.metadata
