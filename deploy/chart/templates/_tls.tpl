{{- define "tilework.tls.secret" -}}
{{ .Values.tls.existingSecret | default (printf "%s-tls" (include "tilework.fullname" .)) }}
{{- end -}}

{{/*
The data of the Secret that the chart makes. An upgrade finds what an earlier release made. It is made once a rendering, and kept where all templates
see it, so that the checksum on pods is of the very certificates that they get.
*/}}
{{- define "tilework.tls.data" -}}
{{- if not (hasKey .Values "tlsData") -}}
{{- $name := include "tilework.tls.secret" . -}}
{{- $data := (lookup "v1" "Secret" .Release.Namespace $name).data -}}
{{- if not (and $data (index $data "ca.crt") (index $data "tls.crt") (index $data "tls.key")) -}}
{{- $days := int .Values.tls.days -}}
{{- $ca := genCAWithKey (printf "%s authority" $name) $days (genPrivateKey "ecdsa") -}}
{{- $cert := genSignedCertWithKey $name nil (list $name) $days $ca (genPrivateKey "ecdsa") -}}
{{- $data = dict "ca.crt" (b64enc $ca.Cert) "tls.crt" (b64enc $cert.Cert) "tls.key" (b64enc $cert.Key) -}}
{{- end -}}
{{- $_ := set .Values "tlsData" (pick $data "ca.crt" "tls.crt" "tls.key") -}}
{{- end -}}
{{- toYaml .Values.tlsData -}}
{{- end -}}

{{/* Changes when pods must read their certificates anew. */}}
{{- define "tilework.tls.checksum" -}}
{{- if .Values.tls.existingSecret -}}
{{- $secret := lookup "v1" "Secret" .Release.Namespace .Values.tls.existingSecret -}}
{{- printf "%s %s" .Values.tls.existingSecret (toYaml ($secret.data | default dict)) | sha256sum -}}
{{- else if .Values.tls.certManager.enabled -}}
{{- toYaml .Values.tls.certManager | sha256sum -}}
{{- else -}}
{{- include "tilework.tls.data" . | sha256sum -}}
{{- end -}}
{{- end -}}

{{- define "tilework.tls.annotation" -}}
{{- if .Values.tls.enabled }}
checksum/tls: {{ include "tilework.tls.checksum" . }}
{{- end }}
{{- end -}}

{{- define "tilework.tls.mount" -}}
{{- if .Values.tls.enabled }}
- {name: tls, mountPath: /etc/tilework/tls, readOnly: true}
{{- end }}
{{- end -}}

{{- define "tilework.tls.volume" -}}
{{- if .Values.tls.enabled }}
- name: tls
  secret:
    secretName: {{ include "tilework.tls.secret" . }}
    defaultMode: 0440
{{- end }}
{{- end -}}
