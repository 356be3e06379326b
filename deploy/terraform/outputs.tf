output "bucket" {
  description = "For config.output.bucket."
  value       = "gs://${google_storage_bucket.audit.name}${var.prefix == "" ? "" : "/${var.prefix}"}"
}

output "provider" {
  description = "For workloadIdentity.provider of the chart."
  value       = "//iam.googleapis.com/${google_iam_workload_identity_pool_provider.cluster.name}"
}

output "locked" {
  description = "Whether the retention policy is locked."
  value       = google_storage_bucket.audit.retention_policy[0].is_locked
}
