"""Do the measures measure? Real dialogues against copies of them that were spoilt in a known way. Knows no rows."""
