"""cat_dog_cnn's misconceptions, all of them recognised from what came back.

Networks, mini-batches and weights are judged, not compared, so nothing can be predicted of them; and pictures and the
small network are cheap enough to be computed on the spot as a wrong idea would. `ideas.toml` says what each is
called and what a student reads; `observed` lists what shows it, by section and output.
"""
