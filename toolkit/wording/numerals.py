"""Reads and writes numbers in Chinese and Arabic numerals, also mixed: 三十六, 二十, 1.2亿."""

from __future__ import annotations

from decimal import Decimal

from ..rows.casting.text import HAN_DIGITS

DIGITS = {c: n for n, c in enumerate(HAN_DIGITS)} | {"零": 0, "两": 2}
TENS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10_000, "亿": 100_000_000}
MULTIPLES = TENS | MYRIADS
VAGUE = "几数"  # in 十几 and 数百: an unspecified digit


_CHINESE = "，：；！？（）～"  # kept full-width: marks that divide sentences or join a range
_HALF = {full: full - 0xFEE0 for full in range(ord("！"), ord("～") + 1) if chr(full) not in _CHINESE}


def narrow(text: str) -> str:
    """Converts full-width digits, letters and signs to half-width; keeps Chinese marks and all positions.

    For prose, where the marks divide sentences. For cells, rows.casting.text.halfwidth converts the marks too.
    """
    return text.translate(_HALF)


def numeral(text: str) -> Decimal | None:
    """Returns the value of one number without approximators: `2,350`, `15.6万`, `三十六`, `三点五`, `百`.

    Returns None for inexact numbers (几十, 数百) and for digit strings (二〇二五, 三三).
    """
    text = text.replace(",", "")
    whole, point, part = text.partition("点")
    if point:
        digits = [str(DIGITS[c]) for c in part if c in DIGITS]
        head = numeral(whole)
        return head + Decimal(f"0.{''.join(digits)}") if head is not None and len(digits) == len(part) else None
    # section: value since the last 万 or 亿; digit: since the last 十, 百 or 千
    total, section, digit = Decimal(0), Decimal(0), None
    arabic = ""
    for c in text:
        if c.isascii():
            arabic += c
        elif c in DIGITS:
            if digit and DIGITS[c]:
                return None  # adjacent digits are a year or a code
            digit = Decimal(DIGITS[c])
        elif c in MULTIPLES:
            digit, arabic = (Decimal(arabic), "") if arabic else (digit, "")
            if c in TENS:
                section, digit = section + (1 if digit is None else digit) * TENS[c], None
            else:
                total, section, digit = _raised(total, section + (digit or 0), MYRIADS[c]), Decimal(0), None
        else:
            return None
    return total + section + (Decimal(arabic) if arabic else digit or 0)


def _raised(total: Decimal, section: Decimal, by: int) -> Decimal:
    """Applies 万 or 亿: 三万亿 multiplies the units, 三亿五千万 adds them."""
    return (total + section) * by if 0 < total < by else total + (section or 1) * by


def in_chinese(n: int) -> str:
    """Writes 0 to 99 in Chinese numerals (零, 一, 十, 十二, 二十), larger numbers in Arabic ones."""
    if n > 99:
        return str(n)
    if not n:
        return "零"
    tens, ones = divmod(n, 10)
    ten = f"{HAN_DIGITS[tens] if tens > 1 else ''}十" if tens else ""
    return ten + (HAN_DIGITS[ones] if ones else "")


def neighbours(text: str) -> tuple[str, str] | None:
    """Splits adjacent digits into two numbers: 三四 -> 三, 四; 十七八 -> 十七, 十八; 二三十 -> 二十, 三十; else None."""
    for at in range(len(text) - 1):
        low, high = DIGITS.get(text[at]), DIGITS.get(text[at + 1])
        if low and high == low + 1:
            head, tail = text[:at], text[at + 2 :]
            return head + text[at] + tail, head + text[at + 1] + tail
    return None
