"""The add-in for Excel: a ribbon tab with the same actions, for any open workbook of the standard."""
