"""What every request and every socket passes through, one file each; ``memo_coach.web.stack`` orders them."""
