from .api import aggregate as aggregate
from .api import check as check
from .api import extract as extract
from .api import fill as fill
from .api import findings_frame as findings_frame
from .api import lint as lint
from .api import new_workbooks as new_workbooks
from .api import open_source as open_source
from .api import refresh as refresh
from .api import verify as verify
from .documents.fill import Look as Look
from .errors import CannotRun as CannotRun
from .model import Catalog as Catalog
from .model import Figure as Figure
from .model import Finding as Finding
from .model import Submission as Submission
from .standard.catalog import load_catalog as load_catalog
from .submissions.source import Source as Source

__version__: str
