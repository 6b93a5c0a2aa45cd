#!/usr/bin/env bash
# Called by mmdebstrap with the folder of the finished root file system: what Apache serves.
set -euo pipefail
root=$1
cat >"$root/etc/apache2/sites-available/000-default.conf" <<'END'
ServerName localhost
<VirtualHost *:80>
  DocumentRoot /usr/share/wordpress
  Alias /wp-content /var/lib/wordpress/wp-content
  <Directory /usr/share/wordpress>
    Options FollowSymLinks
    DirectoryIndex index.php
    Require all granted
  </Directory>
  <Directory /var/lib/wordpress/wp-content>
    Options FollowSymLinks
    Require all granted
  </Directory>
  ErrorLog /dev/stderr
</VirtualHost>
END
# Databases begin empty: the package has made one of its own.
rm -rf "$root"/var/lib/mysql/* "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
