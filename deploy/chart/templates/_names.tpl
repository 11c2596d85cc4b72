{{/* Names leave room for the suffixes that parts have. */}}
{{- define "tilework.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $full .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* What selects the pods of a part: a dictionary of root and component, and for workers group. Names may look like numbers. */}}
{{- define "tilework.selector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride | trunc 63 | trimSuffix "-" | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- with .group }}
tilework/worker-group: {{ . | quote }}
{{- end }}
{{- end -}}

{{- define "tilework.labels" -}}
{{ include "tilework.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{/* Name, namespace and labels of an object: a dictionary of root, component, and suffix. */}}
{{- define "tilework.metadata" -}}
name: {{ include "tilework.fullname" .root }}{{ with .suffix }}-{{ . }}{{ end }}
namespace: {{ .root.Release.Namespace | quote }}
labels: {{- include "tilework.labels" . | nindent 2 }}
{{- end -}}

{{- define "tilework.image" -}}
{{- $tag := .image.tag | default .root.Chart.AppVersion -}}
{{ .image.repository }}{{ with .image.digest }}@{{ . }}{{ else }}:{{ $tag }}{{ end }}
{{- end -}}

{{- define "tilework.scheduler.address" -}}
{{- if .Values.scheduler.enabled -}}
{{ ternary "tls" "tcp" .Values.tls.enabled }}://{{ include "tilework.fullname" . }}-scheduler:8786
{{- else -}}
{{ .Values.scheduler.address }}
{{- end -}}
{{- end -}}

{{/*
The groups of workers, as YAML: each with all that workerDefaults has and it does not say otherwise. Python workers have the scheduler's image,
because both must be of one version.
*/}}
{{- define "tilework.groups" -}}
{{- $groups := deepCopy .Values.workers -}}
{{- if .Values.python.enabled -}}
{{- $_ := set $groups "python" (merge (dict "kind" "python") (deepCopy .Values.python.workers)) -}}
{{- end -}}
{{- $all := dict -}}
{{- range $name, $given := $groups -}}
{{- $given := $given | default dict -}}
{{- $group := mergeOverwrite (deepCopy $.Values.workerDefaults) (deepCopy $given) -}}
{{- if eq $group.kind "python" -}}
{{- $_ := set $group "image" (mergeOverwrite (deepCopy $.Values.scheduler.image) (deepCopy ($given.image | default dict))) -}}
{{- end -}}
{{- if $group.enabled -}}
{{- $_ := set $all $name $group -}}
{{- end -}}
{{- end -}}
{{- toYaml $all -}}
{{- end -}}
