# The server's identity in AWS. Alone it may do nothing; the module "backup" lets it add and read backups.

resource "aws_iam_role" "server" {
  name        = "${var.name}-server"
  description = "The identity of the server of ${var.name}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Ec2"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })

  tags = { Name = "${var.name}-server" }
}

resource "aws_iam_instance_profile" "server" {
  name = "${var.name}-server"
  role = aws_iam_role.server.name

  tags = { Name = "${var.name}-server" }
}
