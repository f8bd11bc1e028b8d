# The table of pinyin initials: `make pinyin` writes it anew from the package unicode-data, `make pinyin-check` compares.
.PHONY: pinyin pinyin-check
pinyin:
	python3 tools/pinyin/generate.py > core/pinyin_table.inc.new && mv core/pinyin_table.inc.new core/pinyin_table.inc
pinyin-check:
	tools/pinyin/check.sh
