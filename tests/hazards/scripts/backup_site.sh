#!/bin/bash
app=/opt/lingzhi-ecosystem
# No hazard (backup): the site as it is, so that what follows has something right to go wrong with.
cp -a /var/www/lingzhi-ecosystem "$app/backups/site.backup_$(date +%Y%m%d_%H%M%S)"
