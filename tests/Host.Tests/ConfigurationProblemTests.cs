namespace DqnAkka.Host.Tests;

public sealed class ConfigurationProblemTests
{
    public static TheoryData<string, string> SetProblems => new()
    {
        { "dqn.learner.batchsize=3", "dqn.learner.batchsize (--set) is no key: did you mean dqn.learner.batch-size?" },
        { "learner.gamma=0.5", "learner.gamma (--set) is no key: did you mean dqn.learner.gamma?" },
        { "dqn.learner.batch-size=many", "dqn.learner.batch-size = many (--set) is not an integer: give an integer, at least 1" },
        { "dqn.learner.batch-size=1.5", "dqn.learner.batch-size = 1.5 (--set) is not an integer: give an integer, at least 1" },
        { "dqn.learner.batch-size=[1, 2]", "dqn.learner.batch-size = [1, 2] (--set) is a list: give an integer, at least 1" },
        { "dqn.learner.batch-size=", "dqn.learner.batch-size = \"\" (--set) is not an integer: give an integer, at least 1" },
        { "dqn.replay.capacity=-5", "dqn.replay.capacity = -5 (--set) is out of range: give an integer, at least 1" },
        { "dqn.replay.capacity=99999999999999", "dqn.replay.capacity = 99999999999999 (--set) is out of range, above 2147483647: give an integer, at least 1" },
        { "dqn.replay.beta-updates=1e30", "dqn.replay.beta-updates = 1e30 (--set) is out of range, above 9223372036854775807: give an integer, at least 0" },
        { "dqn.replay.beta-updates=-1e30", "dqn.replay.beta-updates = -1e30 (--set) is out of range: give an integer, at least 0" },
        { "dqn.replay.capacity=0", "dqn.replay.capacity = 0 (--set) is out of range: give an integer, at least 1" },
        { "dqn.replay.alpha=-0.1", "dqn.replay.alpha = -0.1 (--set) is out of range: give a number, 0 to 10" },
        { "dqn.replay.alpha=Infinity", "dqn.replay.alpha = Infinity (--set) is not a number: give a number, 0 to 10" },
        { "dqn.replay.beta=1.1", "dqn.replay.beta = 1.1 (--set) is out of range: give a number, 0 to 1" },
        { "dqn.replay.beta-final=-1", "dqn.replay.beta-final = -1 (--set) is out of range: give a number, 0 to 1" },
        { "dqn.replay.priority-epsilon=0", "dqn.replay.priority-epsilon = 0 (--set) is out of range: give a number, above 0" },
        { "dqn.snapshot.chunk-bytes=64000", "dqn.snapshot.chunk-bytes = 64000 (--set) is out of range: give an integer, 1024 to 60000" },
        { "dqn.learner.gamma=2", "dqn.learner.gamma = 2 (--set) is out of range: give a number, 0 to 1" },
        { "dqn.learner.gamma=NaN", "dqn.learner.gamma = NaN (--set) is not a number: give a number, 0 to 1" },
        { "dqn.learner.learning-rate=0", "dqn.learner.learning-rate = 0 (--set) is out of range: give a number, above 0" },
        { "dqn.stop.score=high", "dqn.stop.score = high (--set) is not a number: give any number, or none" },
        { "dqn.stop.minutes=1e7", "dqn.stop.minutes = 1e7 (--set) is out of range: give a number, 0 to 1000000" },
        { "dqn.replay.samples-per-insert-tolerance=1.9", "dqn.replay.samples-per-insert-tolerance = 1.9 (--set) is out of range: give a number, at least 2" },
        { "dqn.learner.optimizer=sgd", "dqn.learner.optimizer = sgd (--set) is not a choice: give one of adam, rmsprop, adagrad" },
        { "dqn.learner.backend=gpu", "dqn.learner.backend = gpu (--set) is not a choice: give one of auto, torch, simd" },
        { "dqn.network.dueling=maybe", "dqn.network.dueling = maybe (--set) is neither true nor false: give true or false" },
        { "dqn.network.hidden=[64, x]", "dqn.network.hidden = [64, x] (--set) has an item that is not an integer: give a list of integers such as [64, 64], each 1 to 65536" },
        { "dqn.network.hidden=[64, 0]", "dqn.network.hidden = [64, 0] (--set) has an item out of range: give a list of integers such as [64, 64], each 1 to 65536" },
        { "dqn.network.hidden=[]", "dqn.network.hidden = [] (--set) is empty: give a list of integers such as [64, 64], each 1 to 65536" },
        { "dqn.learner.device=tpu", "dqn.learner.device = tpu (--set) is not understood: give auto, cpu, cuda or \"cuda:N\"" },
        { "dqn.learner.devices=[cpu, tpu]", "dqn.learner.devices = [cpu, tpu] (--set) has an item that is not understood: give a list of cpu, cuda or \"cuda:N\"" },
        { "dqn.learner.mode=many", "dqn.learner.mode = many (--set) is not a choice: give one of single, data-parallel, parameter-server" },
        { "dqn.parameter-server.top-k-share=0", "dqn.parameter-server.top-k-share = 0 (--set) is out of range: give a number, above 0, at most 1" },
        { "dqn.run.name=a/b", "dqn.run.name = a/b (--set) is not understood: give letters, digits, '-', '_' and '.', or empty" },
        { "dqn.run.seed=-1", "dqn.run.seed = -1 (--set) is out of range: give an integer, at least 0" },
        { "dqn.environment.kwargs.x=[1, 2]", "dqn.environment.kwargs.x = [1, 2] (--set) is a list: give a number or a text" },
        { "dqn.learner.gamma", "--set dqn.learner.gamma has no value: write --set key=value, for example --set dqn.learner.batch-size=64" },
        { "dqn.network.hidden=[64", "--set:1: '[' is never closed: add ']'" },
        { "dqn.network.kind=custom", "dqn.network.kind = custom (--set) but dqn.network.type is empty: name the type of your module, or give another kind" },
        { "dqn.environment.id=", "dqn.environment.id and dqn.environment.type are both empty: name an environment (the envs command lists them)" },
    };

    public static TheoryData<string, string> CrossProblems => new()
    {
        {
            "network.kind = nature\nnetwork.type = \"A.B, C\"",
            "dqn.network.type = A.B, C (x.conf:3) has no part in dqn.network.kind = nature (x.conf:2): leave the type out, or give dqn.network.kind = custom"
        },
        {
            "learner.batch-size = 600\nreplay { capacity = 500, min-size = 100 }",
            "dqn.learner.batch-size = 600 (x.conf:2) exceeds dqn.replay.capacity = 500 (x.conf:3): lower the batch size or raise the capacity"
        },
        {
            "replay { capacity = 500, min-size = 501 }",
            "dqn.replay.min-size = 501 (x.conf:2) exceeds dqn.replay.capacity = 500 (x.conf:2), so learning would never start: lower the minimum or raise the capacity"
        },
        {
            "stop.steps = 800\nreplay.min-size = 800",
            "dqn.stop.steps = 800 (x.conf:2) does not exceed dqn.replay.min-size = 800 (x.conf:3), so learning would never start: raise the steps or lower the minimum"
        },
        {
            "runner.fragment = 32\nreplay { capacity = 500, min-size = 100 }",
            "one fragment is 256 transitions (dqn.runner.environments = 8 (here) times dqn.runner.fragment = 32 (x.conf:2)), more than the 250 that a replay shard holds (dqn.replay.capacity = 500 (x.conf:3)): lower dqn.runner.fragment or raise the capacity"
        },
        {
            "replay { samples-per-insert = 0.5, samples-per-insert-tolerance = 127 }\nlearner.batch-size = 64\nrunner.fragment = 8",
            "dqn.replay.samples-per-insert-tolerance = 127 (x.conf:2) is less than one batch needs, so sampling would stall: give at least 128 (dqn.learner.batch-size = 64 (x.conf:3) over dqn.replay.samples-per-insert = 0.5 (x.conf:2))"
        },
        {
            // 64 / 25.6 = 2.5 inserts; inserts are whole.
            "replay { samples-per-insert = 25.6, samples-per-insert-tolerance = 2.5 }\nlearner.batch-size = 64\nrunner { environments = 1, fragment = 1 }",
            "dqn.replay.samples-per-insert-tolerance = 2.5 (x.conf:2) is less than one batch needs, so sampling would stall: give at least 3 (dqn.learner.batch-size = 64 (x.conf:3) over dqn.replay.samples-per-insert = 25.6 (x.conf:2))"
        },
        {
            "replay.samples-per-insert-tolerance = 127",
            "dqn.replay.samples-per-insert-tolerance = 127 (x.conf:2) is less than one fragment, so inserting would stall: give at least 128 (dqn.runner.environments = 8 (here) times dqn.runner.fragment = 16 (here))"
        },
        {
            "learner { backend = simd, device = \"cuda:1\" }",
            "dqn.learner.backend = simd (x.conf:2) runs on the CPU only, but dqn.learner.device = cuda:1 (x.conf:2): give dqn.learner.backend = torch or dqn.learner.device = cpu"
        },
        {
            "learner { backend = simd, mode = data-parallel, devices = [cpu, cuda] }",
            "dqn.learner.backend = simd (x.conf:2) runs on the CPU only, but dqn.learner.devices = [cpu, cuda] (x.conf:2): give dqn.learner.backend = torch or dqn.learner.devices = [cpu, cpu]"
        },
        {
            "learner.devices = [cpu, cpu]\nlearner.mode = single",
            "dqn.learner.devices = [cpu, cpu] (x.conf:2) has no part in dqn.learner.mode = single (x.conf:3): leave it out (dqn.learner.device is the one device), or give dqn.learner.mode = data-parallel"
        },
        {
            "learner.replicas = 2\nlearner.mode = parameter-server",
            "dqn.learner.replicas = 2 (x.conf:2) has no part in dqn.learner.mode = parameter-server (x.conf:3): leave it out, or give dqn.learner.mode = data-parallel"
        },
        {
            "learner { mode = data-parallel, batch-size = 2 }\nlearner.devices = [cpu, cpu, cpu]",
            "dqn.learner.devices = [cpu, cpu, cpu] (x.conf:3) are 3 replicas, more than dqn.learner.batch-size = 2 (x.conf:2) has rows for: give fewer replicas or a larger batch"
        },
        {
            "learner { mode = data-parallel, batch-size = 4 }\nlearner.replicas = 5",
            "dqn.learner.replicas = 5 (x.conf:3) is more than dqn.learner.batch-size = 4 (x.conf:2) has rows for: give fewer replicas or a larger batch"
        },
        {
            "learner { mode = data-parallel, batch-size = 5, devices = [cpu, cpu] }\nlearner.replicas = 3",
            "dqn.learner.replicas = 3 (x.conf:3) times the 2 devices of dqn.learner.devices = [cpu, cpu] (x.conf:2) are more replicas than dqn.learner.batch-size = 5 (x.conf:2) has rows for: give fewer replicas or a larger batch"
        },
        {
            "run.deterministic = true\nlearner.mode = parameter-server",
            "dqn.run.deterministic = true (x.conf:2) has everything in one order, but with dqn.learner.mode = parameter-server (x.conf:3) gradients come in any: give dqn.run.deterministic = false, or another mode"
        },
        {
            "parameter-server.gradients-per-update = 3\nparameter-server.synchronous = false",
            "dqn.parameter-server.gradients-per-update = 3 (x.conf:2) needs updates that wait for them, but dqn.parameter-server.synchronous = false (x.conf:3): give dqn.parameter-server.synchronous = true, or 1 gradient"
        },
        {
            "parameter-server { synchronous = true, stale-gradients = scale }",
            "dqn.parameter-server.stale-gradients = scale (x.conf:2) has no part in dqn.parameter-server.synchronous = true (x.conf:2), which averages gradients of the newest version only: give dqn.parameter-server.stale-gradients = discard, or asynchronous updates"
        },
        {
            "parameter-server { compression = bfloat16, top-k-share = 0.1 }",
            "dqn.parameter-server.top-k-share = 0.1 (x.conf:2) has no part in dqn.parameter-server.compression = bfloat16 (x.conf:2): leave it out, or give dqn.parameter-server.compression = top-k"
        },
        {
            "learner.mode = parameter-server\nparameter-server.timeout-seconds = 2\ngradient.delay-milliseconds = 2000",
            "dqn.gradient.delay-milliseconds = 2000 (x.conf:4) is no shorter than dqn.parameter-server.timeout-seconds = 2 (x.conf:3), so the server would give every worker up: lower the delay or raise the deadline"
        },
        {
            "run.deterministic = true\nlearner { mode = data-parallel, devices = [cuda, cpu] }",
            "dqn.run.deterministic = true (x.conf:2) computes on the CPU, since libtorch does not promise the same sums on a GPU twice, but dqn.learner.devices = [cuda, cpu] (x.conf:3): give dqn.learner.devices = [cpu, cpu]"
        },
        {
            "run.deterministic = true\nstop.minutes = 5",
            "dqn.run.deterministic = true (x.conf:2) cannot end by the clock, but dqn.stop.minutes = 5 (x.conf:3): give dqn.stop.minutes = 0 and limit the run with dqn.stop.steps"
        },
        {
            "run.deterministic = true\nlearner.device = cuda",
            "dqn.run.deterministic = true (x.conf:2) computes on the CPU, since libtorch does not promise the same sums on a GPU twice, but dqn.learner.device = cuda (x.conf:3): give dqn.learner.device = cpu"
        },
        {
            "run.deterministic = true\nreplay.durable = true",
            "dqn.run.deterministic = true (x.conf:2) keeps the replay memory in its checkpoints, but dqn.replay.durable = true (x.conf:3): give dqn.replay.durable = auto"
        },
    };

    public static TheoryData<string, string> SyntaxProblems => new()
    {
        { "dqn {\n  learner.gamma = 0.5\n", "1: '{' is never closed: add '}'" },
        { "dqn.run.seed = 1\n}", "2: '}' closes nothing: remove it" },
        { "\ndqn.network.hidden = [1,\n", "2: '[' is never closed: add ']'" },
        { "dqn.run.name = \"abc\n", "1: a string is never closed: add '\"'" },
        { "dqn {\n  gamma\n}", "2: expected 'key = value', found 'gamma'" },
        { "dqn.run.seed =\n", "1: dqn.run.seed has no value: write dqn.run.seed = value" },
        { "dqn.learner.device = cuda:0", "1: the value of dqn.learner.device contains ':': put it in double quotes" },
        { "include \"other.conf\"", "1: include is not supported: put the keys into this file" },
        { "dqn.run.seed = ${dqn.run.seed}", "1: dqn.run.seed refers to itself: give it a value" },
        { "dqn.run.seed = ${dqn.stop.steps}\ndqn.stop.steps = ${dqn.run.seed}", "1: dqn.run.seed refers to itself: give it a value" },
        { "\ndqn.run.seed = ${nothing}", "2: nothing is neither a key of this file nor an environment variable: set it, or write ${?nothing} to leave the key as it is without it" },
        { "x = 1\ndqn { a { b = 4 }, c = 5 }", "2: not readable as HOCON (Unknown token): write 'key = value', one on each line" },
    };

    [Theory]
    [MemberData(nameof(SetProblems))]
    public void A_bad_assignment_is_one_line_that_says_what_to_give(string assignment, string expected)
    {
        UserErrorException exception = Assert.Throws<UserErrorException>(() => new ConfigurationSource { Assignments = [assignment] }.Resolve());
        Assert.Equal([expected], exception.Lines);
    }

    [Theory]
    [MemberData(nameof(CrossProblems))]
    public void Keys_that_contradict_each_other_are_one_line_with_both(string body, string expected)
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("x.conf", $"dqn {{\n{body}\n}}\n");
        ConfigurationLayer[] defaults =
        [
            .. ConfigurationSource.FileLayers(file),
            ConfigurationLayer.Single("dqn.runner.environments", "8", "here"),
            ConfigurationLayer.Single("dqn.runner.fragment", "16", "here"),
        ];
        UserErrorException exception = Assert.Throws<UserErrorException>(() => ConfigurationResolver.Resolve(defaults));
        Assert.Equal([expected], exception.Lines.Select(line => line.Replace(file, "x.conf", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(SyntaxProblems))]
    public void A_file_that_is_no_hocon_is_one_line_with_its_line_number(string text, string expected)
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("x.conf", text);
        UserErrorException exception = Assert.Throws<UserErrorException>(() => new ConfigurationSource { Files = [file] }.Resolve());
        Assert.Equal([$"{file}:{expected}"], exception.Lines);
    }

    [Fact]
    public void All_problems_of_a_configuration_are_reported_together_with_their_lines()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("x.conf", "dqn {\n  learner {\n    gama = 1\n    optimizer = sgd\n  }\n}\n");
        ConfigurationSource source = new() { Files = [file], Assignments = ["dqn.replay.shards=0"] };
        UserErrorException exception = Assert.Throws<UserErrorException>(source.Resolve);
        Assert.Equal(
            [
                $"dqn.learner.gama ({file}:3) is no key: did you mean dqn.learner.gamma?",
                $"dqn.learner.optimizer = sgd ({file}:4) is not a choice: give one of adam, rmsprop, adagrad",
                "dqn.replay.shards = 0 (--set) is out of range: give an integer, 1 to 1024",
            ],
            exception.Lines);
    }

    [Fact]
    public void A_missing_file_is_one_line_that_names_the_ready_made_experiments()
    {
        UserErrorException exception = Assert.Throws<UserErrorException>(() => new ConfigurationSource { Files = ["nofile.conf"] }.Resolve());
        Assert.Equal([$"nofile.conf does not exist: give --config a file, or one of {string.Join(", ", EmbeddedHocon.Experiments)}, tls"], exception.Lines);
    }

    [Theory]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("", "abc", 3)]
    [InlineData("gamma", "gamma", 0)]
    public void The_edit_distance_is_the_textbook_one(string from, string to, int expected) => Assert.Equal(expected, NearestKey.Distance(from, to));
}
