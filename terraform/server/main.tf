# One server with its network, one for each environment (workspace). It can be destroyed and made again: its address
# and its backups are of the root "lasting", which is applied before.

locals {
  name = "memo-coach-${var.environment}"
}

data "aws_partition" "current" {}

data "aws_eip" "lasting" {
  tags = { Name = local.name }
}
