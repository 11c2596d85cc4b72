{{- define "tilework.jupyter.secret" -}}
{{ .Values.jupyter.existingSecret | default (printf "%s-jupyter" (include "tilework.fullname" .)) }}
{{- end -}}

{{/*
Password and hash of the Secret that the chart makes, once a rendering. An upgrade keeps what an earlier release made, unless another password is given.
*/}}
{{- define "tilework.jupyter.data" -}}
{{- if not (hasKey .Values "jupyterData") -}}
{{- $data := (lookup "v1" "Secret" .Release.Namespace (include "tilework.jupyter.secret" .)).data | default dict -}}
{{- $kept := get $data "password" | b64dec -}}
{{- $password := .Values.jupyter.password | default $kept | default (randAlphaNum 24) -}}
{{- if not (and (eq $password $kept) (get $data "hashed-password")) -}}
{{- $salt := randAlphaNum 16 -}}
{{- $hash := printf "sha256:%s:%s" $salt (sha256sum (printf "%s%s" $password $salt)) -}}
{{- $data = dict "password" (b64enc $password) "hashed-password" (b64enc $hash) -}}
{{- end -}}
{{- $_ := set .Values "jupyterData" (pick $data "password" "hashed-password") -}}
{{- end -}}
{{- toYaml .Values.jupyterData -}}
{{- end -}}

{{- define "tilework.jupyter.checksum" -}}
{{- if .Values.jupyter.existingSecret -}}
{{- $secret := lookup "v1" "Secret" .Release.Namespace .Values.jupyter.existingSecret -}}
{{- printf "%s %s" .Values.jupyter.existingSecret (toYaml ($secret.data | default dict)) | sha256sum -}}
{{- else -}}
{{- include "tilework.jupyter.data" . | sha256sum -}}
{{- end -}}
{{- end -}}

{{- define "tilework.jupyter.config" -}}
from pathlib import Path

c = get_config()  # noqa: F821
c.ServerApp.ip = "*"
c.ServerApp.port = 8888
c.ServerApp.open_browser = False
c.ServerApp.root_dir = "/home/tilework"
hashed_password = Path("/etc/tilework/jupyter-secret/hashed-password").read_text().strip()
c.PasswordIdentityProvider.hashed_password = hashed_password
c.PasswordIdentityProvider.password_required = True
c.PasswordIdentityProvider.allow_password_change = False
# No way in beside the password.
c.IdentityProvider.token = ""
c.MultiKernelManager.default_kernel_name = {{ .Values.jupyter.kernel | toJson }}
{{- if not .Values.python.enabled }}
# Python's kernel is hidden where no worker runs Python.
c.KernelSpecManager.allowed_kernelspecs = { {{- .Values.jupyter.kernel | toJson -}} }
c.KernelSpecManager.ensure_native_kernel = False
{{- end }}
{{- end -}}
