terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "= 5.100.0"
    }
  }

  # Which bucket and key: terraform init -backend-config=backend.hcl, a file that an output of bootstrap writes.
  backend "s3" {}
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      Project     = "memo-coach"
      Environment = var.environment
      ManagedBy   = "terraform"
    }
  }
}
