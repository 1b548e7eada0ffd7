# Items of a thousand numbers, a file each: sh load.sh FOLDER FIRST.
mkdir -p "$1"
awk -v folder="$1" -v first="$2" 'BEGIN {
  for (i = 0; i < 100; i++) {
    path = folder "/" i ".txt"
    for (k = 0; k < 1000; k++) print (i == 0 ? first : i) + k > path
    close(path)
  }
}'
