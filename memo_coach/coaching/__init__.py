"""The domain: memos, rubrics, coaches. No framework, no database, no network, no clock."""
