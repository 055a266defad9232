"""An enricher of auto-archiver: what do archived media prove of themselves?"""

from .vouchmark_enricher import VouchmarkEnricher as VouchmarkEnricher
