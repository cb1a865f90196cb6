#!/bin/sh
# Makes the clips that `millpond verify calibrate` and `honest-checks` read: segments of two seconds,
# and LIST.tsv with the family of each. From footage in Debian packages, filters of libavfilter, pans
# over photographs, and whatever films lie in a folder of your own as FAMILY.ext.
#
#   tools/calibration_clips.sh OUT [FOLDER_OF_FILMS]
set -eu
[ $# -ge 1 ] || { sed -n '2,7p' "$0" >&2; exit 64; }
mkdir -p "$1/unpacked"
out=$(cd "$1" && pwd)
films=${2:-}
unpacked=$out/unpacked
opencv=$unpacked/usr/share/doc/opencv-doc

fetch() {
    for package in "$@"; do
        [ -e "$unpacked/$package.done" ] && continue
        (cd "$unpacked" && apt-get download -qq "$package" && dpkg-deb -x "$package"_*.deb . && rm "$package"_*.deb)
        touch "$unpacked/$package.done"
    done
}

# What a gateway sends: H.264 of good quality and a tone, with a keyframe at the start alone.
write_segment() { # FAMILY NUMBER, then ffmpeg's words for the input
    family=$1
    file=$1/$2.ts
    shift 2
    mkdir -p "$out/$family"
    [ -s "$out/$file" ] || ffmpeg -nostdin -v error -y -f lavfi -t 2 -i sine=frequency=440:sample_rate=48000 "$@" \
        -map 1:v -map 0:a -t 2 -fps_mode cfr -pix_fmt yuv420p -c:v libx264 -preset fast -crf 17 -g 600 \
        -sc_threshold 0 -threads 2 -c:a aac -b:a 64k -f mpegts "$out/$file"
    printf '%s\t%s\n' "$family" "$file" >>"$out/LIST.tsv"
}

cut_film() { # FAMILY FILE FRAMES_PER_SECOND STARTS
    number=0
    for start in $4; do
        number=$((number + 1))
        write_segment "$1" "$(printf '%02d' $number)" -ss "$start" -i "$2" \
            -vf "fps=$3,scale='trunc(min(iw,960)/2)*2':-2:flags=bicubic"
    done
}

play_filter() { # FAMILY FILTER: two segments of it
    for number in 1 2; do
        write_segment "$1" "0$number" -f lavfi -i "$2,trim=start=$((number * 3)),setpts=PTS-STARTPTS"
    done
}

# A camera that moves over a photograph; film has noise.
pan_over() { # FAMILY PICTURE
    for number in 1 2; do
        across="(iw-ow)*(0.1+0.2*t)"
        [ $number = 1 ] || across="(iw-ow)*(0.9-0.35*t)"
        write_segment "$1" "0$number" -loop 1 -framerate 30 -t 2 -i "$2" -vf \
            "scale=960:-2:flags=lanczos,crop=640:360:'$across':'(ih-oh)*(0.3+0.2*t)',noise=alls=4:allf=t"
    done
}

fetch opencv-doc planetblupi-common python-kivy-examples gem-doc
printf 'family\tfile\n' >"$out/LIST.tsv"

examples=$opencv/examples/data
cut_film megamind "$examples/Megamind.avi" 24000/1001 "0 2 4 6 8"
cut_film tree "$examples/tree.avi" 15 "1 6 11 16 21 26"
cut_film vtest "$examples/vtest.avi" 10 "0 20 40"
for name in box cup; do
    film=$opencv/opencv4/html/$name.mp4
    [ -e "$film" ] || gzip -dk "$film.gz"
    cut_film "$name" "$film" 30 "1 4"
done
cut_film city "$unpacked/usr/share/kivy-examples/widgets/cityCC0.mpg" 25 "0 2.5 5"
for movie in history2 play101 play103 play105 play107 play110 play116 win005; do
    blupi=$unpacked/usr/share/planetblupi/movie/$movie.mkv
    write_segment blupi "$movie" -ss 2 -i "$blupi" -vf "fps=12,scale=320:240"
done
cut_film homer "$unpacked/usr/share/gem/examples/data/homer.avi" 25 "0"
cut_film gem-anim "$unpacked/usr/share/gem/examples/data/anim-1.mov" 30 "0"

play_filter testsrc2 testsrc2=size=640x360:rate=30
play_filter mandelbrot mandelbrot=size=640x360:rate=30
play_filter sierpinski sierpinski=size=640x360:rate=30
play_filter life "life=size=160x90:rate=15:seed=7:ratio=0.3:mold=10:death_color=#202060:life_color=#d0f0a0,scale=640:360:flags=neighbor"
play_filter cellauto cellauto=size=640x360:rate=30:rule=110:seed=3
play_filter gradients gradients=size=640x360:rate=30:seed=5:speed=0.02
play_filter smptebars "smptebars=size=640x360:rate=30,scroll=horizontal=0.002"

for name in baboon building fruits graf1 leuvenA aloeL starry_night rubberwhale1 messi5 home board squirrel_cls; do
    picture=$(find "$examples" -name "$name.*" | head -n 1)
    pan_over "photo-$name" "$picture"
done

if [ -n "$films" ]; then
    for film in "$films"/*; do
        family=$(basename "${film%.*}")
        length=$(ffprobe -v error -show_entries format=duration -of csv=p=0 "$film")
        rate=$(ffprobe -v error -select_streams v:0 -show_entries stream=r_frame_rate -of csv=p=0 "$film" | head -n 1)
        # At most ten segments, spread over the film.
        cut_film "$family" "$film" "${rate%,}" "$(awk -v l="$length" 'BEGIN {
            n = int(l / 2); if (n < 1) n = 1; if (n > 10) n = 10
            for (i = 0; i < n; i++) printf "%.2f ", (n > 1 ? i * (l - 2) / (n - 1) : 0) }')"
    done
fi
echo "$(($(wc -l <"$out/LIST.tsv") - 1)) segments in $out"
