#!/bin/bash
VERSION=$1
if [ -z "$VERSION" ]; then
  echo "versions:"
  ls -1 artifacts/models/model_*.pkl
  exit 0
fi
cp artifacts/models/current_model.pkl artifacts/models/model_before_$(date +%s).pkl
cp "artifacts/models/model_${VERSION}.pkl" artifacts/models/current_model.pkl
echo "ok"
