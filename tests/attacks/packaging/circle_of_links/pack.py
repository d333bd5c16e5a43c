"""Packs the attack: gets the honest files and a folder, gives what is handed in."""

def pack(files, folder):
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    (folder / "mytorch/again").symlink_to(folder / "mytorch")
    (folder / "models/outside.py").symlink_to("/etc/passwd")
    return folder
