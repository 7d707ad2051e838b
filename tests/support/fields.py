"""Fields of every type, for tests of what people write into cells."""

from __future__ import annotations

from toolkit.model import Constraints, Field

DAY = Field("day", "日期", "date", Constraints(required=True))
KIND = Field("kind", "类型", "string", Constraints(required=True, enum=("主题党日", "党课", "党委(党组)书记")))
TOPIC = Field("topic", "主题议题", "string", Constraints(maxLength=20))
COUNT = Field("due_n", "应到人数", "integer", Constraints(minimum=0, maximum=500_000))
CODE = Field("org", "所属党组织", "string", Constraints(pattern="[A-Z0-9]{3,12}"))
MONEY = Field("amount", "金额（元）", "number", decimals=2)
SHARE = Field("target_value", "目标值", "number", decimals=2)
SURE = Field("est", "是否估算", "boolean", Constraints(required=True), default=False)
MANY = Field("units", "覆盖单位", "list")
CALC = Field("end", "届满日", "date", calc={"edate": {"from": "day", "months": 12}})
