"""An evaluation that is shared to be read: links that can be revoked, and what their holders remark."""
