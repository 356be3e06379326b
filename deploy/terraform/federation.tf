# The cluster's own tokens, exchanged for Google's: no key file on any node.
resource "google_iam_workload_identity_pool" "nodes" {
  project                   = var.project_id
  workload_identity_pool_id = "sealtail-${var.cluster}"
  display_name              = "Sealtail, ${var.cluster}"
  description               = "Agents on the control-plane nodes of ${var.cluster}"

  depends_on = [google_project_service.used]
}

resource "google_iam_workload_identity_pool_provider" "cluster" {
  project                            = var.project_id
  workload_identity_pool_id          = google_iam_workload_identity_pool.nodes.workload_identity_pool_id
  workload_identity_pool_provider_id = "cluster"
  display_name                       = var.cluster

  # kubernetes.io.node.name stands in a pod's token from Kubernetes 1.32 on; before, the attribute is empty and binds nobody.
  attribute_mapping = {
    "google.subject"    = "assertion.sub"
    "attribute.node"    = "('kubernetes.io' in assertion && 'node' in assertion['kubernetes.io']) ? assertion['kubernetes.io']['node']['name'] : ''"
    "attribute.cluster" = "'${var.cluster}'"
  }
  attribute_condition = "assertion.sub == 'system:serviceaccount:${var.namespace}:${var.service_account}'"

  oidc {
    issuer_uri = var.issuer
    jwks_json  = var.jwks_json == "" ? null : var.jwks_json
  }
}
