"""Which type does a file's name claim, and does its content fit?

A name that says something else than the content is reported, never believed: another program than the one that shows
the content would open the file.
"""

from __future__ import annotations

from typing import Final

UNKNOWN: Final = "application/octet-stream"
"""Nothing was recognised."""
STORE: Final = "application/c2pa"
"""A C2PA manifest store on its own."""


_EXTENSIONS: Final = {
    "image/jpeg": "jpg jpeg jpe jfif",
    "image/png": "png",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/heic": "heic",
    "image/heif": "heif hif",
    "image/tiff": "tif tiff",
    "image/x-adobe-dng": "dng",
    "image/x-nikon-nef": "nef",
    "image/x-sony-arw": "arw",
    "image/x-canon-cr3": "cr3",
    "image/gif": "gif",
    "image/svg+xml": "svg",
    "image/jxl": "jxl",
    "image/bmp": "bmp",
    "image/jp2": "jp2 j2k",
    "image/vnd.adobe.photoshop": "psd",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "video/x-flv": "flv",
    "video/x-ms-wmv": "wmv asf",
    "audio/aiff": "aif aiff aifc",
    "video/mp4": "mp4 m4v",
    "video/quicktime": "mov qt",
    "audio/mp4": "m4a m4b",
    "video/iso.segment": "m4s",
    "video/x-msvideo": "avi",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/ogg": "ogg oga opus",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/epub+zip": "epub",
    "application/oxps": "oxps",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.ms-word.document.macroenabled.12": "docm",
    "application/vnd.ms-excel.sheet.macroenabled.12": "xlsm",
    "application/vnd.ms-powerpoint.presentation.macroenabled.12": "pptm",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.graphics": "odg",
    STORE: "c2pa",
    "font/otf": "otf",
    "font/ttf": "ttf",
    "text/plain": "txt text log",
    "text/markdown": "md markdown",
    "text/html": "html htm",
    "text/css": "css",
    "text/csv": "csv",
    "text/xml": "xml",
    "application/json": "json",
}
_ELSEWHERE: Final = {
    "text/x-shellscript": "sh bash",
    "text/javascript": "js mjs",
    "text/x-python": "py pyw",
    "application/x-httpd-php": "php phtml phar",
    "application/x-bat": "bat cmd",
    "text/x-powershell": "ps1",
    "text/vbscript": "vbs",
    "application/hta": "hta",
    "application/xhtml+xml": "xhtml xht",
    "multipart/related": "mht mhtml",
    "message/rfc822": "eml",
    "application/rtf": "rtf",
    "application/postscript": "ps eps",
    "application/java-archive": "jar",
    "application/vnd.android.package-archive": "apk",
    "application/zipapp": "pyz",
    "application/vnd.microsoft.portable-executable": "exe dll scr",
    "application/x-msi": "msi",
    "application/x-ms-shortcut": "lnk",
    "application/x-mswinurl": "url",
    "application/x-desktop": "desktop",
    "application/x-apple-diskimage": "dmg",
    "application/vnd.debian.binary-package": "deb",
    "application/x-rpm": "rpm",
    "application/vnd.adobe.flash.movie": "swf",
    "application/x-server-page": "asp aspx jsp shtml",
    "application/x-tar": "tar",
    "application/gzip": "gz tgz",
    "application/x-bzip2": "bz2",
    "application/x-xz": "xz",
    "application/zstd": "zst",
    "application/x-7z-compressed": "7z",
    "application/vnd.rar": "rar",
    "application/vnd.ms-cab-compressed": "cab",
    "application/x-iso9660-image": "iso",
    "application/dicom": "dcm",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/wasm": "wasm",
    "image/vnd.microsoft.icon": "ico",
    "video/mpeg": "mpg mpeg",
    "video/3gpp": "3gp 3g2",
    "audio/aac": "aac",
}
"""Types that a name can claim and that no content is recognised as: such files read as text, as an archive, or as
nothing. Endings that are also the ends of addresses (`com`, `pl`) are left out."""
_NAMED: Final = {ending: kind for kind, endings in (_EXTENSIONS | _ELSEWHERE).items() for ending in endings.split()}

RAW: Final = frozenset({"image/x-adobe-dng", "image/x-nikon-nef", "image/x-sony-arw"})
TEXTS: Final = frozenset(
    {"text/markdown", "text/html", "text/css", "text/csv", "text/xml", "application/json", "text/plain"}
)
_DOCUMENTS: Final = (
    "application/vnd.openxmlformats-officedocument.", "application/vnd.ms-", "application/vnd.oasis.opendocument.",
    "application/epub+zip", "application/oxps",
)  # fmt: skip
"""Starts of the types of documents inside ZIP."""

_IN_TEXT: Final = frozenset(
    {
        "text/x-shellscript", "text/javascript", "text/x-python", "application/x-httpd-php", "application/x-bat",
        "text/x-powershell", "text/vbscript", "application/hta", "application/xhtml+xml", "multipart/related",
        "message/rfc822", "application/rtf", "application/postscript", "application/x-mswinurl",
        "application/x-desktop", "application/x-server-page",
    }
)  # fmt: skip
"""Those whose content is text."""
_IN_ZIP: Final = frozenset(
    {"application/java-archive", "application/vnd.android.package-archive", "application/zipapp"}
)
"""Those whose content is a ZIP archive."""

_ALIKE: Final = (
    frozenset({"video/mp4", "video/quicktime", "audio/mp4", "video/iso.segment", "video/3gpp"}),
    frozenset({"video/webm", "video/x-matroska"}),
    frozenset({"image/heic", "image/heif"}),
    frozenset({"image/tiff", *RAW}),
    frozenset({"font/otf", "font/ttf"}),
    frozenset({"image/svg+xml", "text/xml"}),
    frozenset({"text/plain", *TEXTS, *_IN_TEXT}),
    frozenset({"application/zip", *_IN_ZIP}),
)
"""Types whose names people mix without being wrong about what they have."""


def named_type(name: str) -> str:
    """The type that a file's name claims by its ending; empty where it claims none that is known here."""
    # Systems that let a name end in dots and blanks take them off before they look.
    stem, dot, ending = name.rstrip(". \t\r\n\0").rpartition(".")
    return _NAMED.get(ending.lower(), "") if dot and stem else ""


def disagrees(media_type: str, named: str) -> bool:
    """Whether a name claims something that the content is not."""
    if not named or named == media_type:
        return False
    if media_type == UNKNOWN and named in _ELSEWHERE:
        return False
    if named == "application/zip" and _is_document(media_type):
        # A document is an archive; an archive is not a document.
        return False
    return not any(media_type in family and named in family for family in _ALIKE)


def _is_document(media_type: str) -> bool:
    """Whether files of this type are ZIP archives."""
    return media_type.startswith(_DOCUMENTS)
