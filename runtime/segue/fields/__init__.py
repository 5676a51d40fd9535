"""Field specs: JSON Schema in a small profile, plus the keyword ``mapping``.

Fields           a compiled spec: coerce payloads, check mappings
compile_fields   a spec as Fields
check_fields     every problem of a spec
default_mapping  what the ``mapping`` keywords of a spec say
compare          the changes from one spec to another
FORMATS          the names that ``format`` may have
"""

from segue.fields.changes import Change, compare
from segue.fields.fields import Fields, compile_fields
from segue.fields.formats import FORMATS
from segue.fields.profile import check_fields
from segue.fields.schema import default_mapping


__all__ = [
    "FORMATS",
    "Change",
    "Fields",
    "check_fields",
    "compare",
    "compile_fields",
    "default_mapping",
]
