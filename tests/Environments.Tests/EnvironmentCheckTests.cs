namespace DqnAkka.Environments.Tests;

public sealed class EnvironmentCheckTests
{
    public static TheoryData<string> Registered => [.. EnvironmentRegistry.All.Select(registration => registration.Id)];

    [Theory]
    [MemberData(nameof(Registered))]
    public void Every_registered_environment_passes(string id)
    {
        CheckReport report = new EnvironmentCheck(
            () => EnvironmentFactory.Create(new EnvironmentSpecification { Id = id }), new CheckOptions { Steps = 2_000 }).Run(TestContext.Current.CancellationToken);

        // What has no limit may last for longer than this.
        bool mayBeEndless = EnvironmentRegistry.Get(id).MaxEpisodeSteps == 0;
        Assert.DoesNotContain(report.Findings, finding => !(mayBeEndless && finding.Rule == "endless"));
        Assert.True(report.IsRendered);
    }

    [Fact]
    public void What_breaks_no_rule_has_no_findings()
    {
        CheckReport report = Check("nothing");
        Assert.Empty(report.Findings);
        Assert.False(report.HasBreaches);
        Assert.True(report.IsRendered);
        Assert.False(Check("render-null").IsRendered);
        Assert.Empty(Check("prepares").Findings);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(5_000)]
    public void An_environment_that_says_little_is_not_taken_for_a_broken_one(int steps)
    {
        for (ulong seed = 0; seed < 30; seed++)
        {
            CheckReport report = new EnvironmentCheck(() => new CoinEnvironment(), new CheckOptions { Steps = steps, Seed = seed }).Run(TestContext.Current.CancellationToken);
            Assert.DoesNotContain(report.Findings, finding => finding.Severity == CheckSeverity.Breach);
        }
    }

    [Theory]
    [InlineData("unwritten", "observation component 2 is not written after action * at step 7 of an episode")]
    [InlineData("nan", "finite", "observation component 1 is NaN after action * at step 7 of an episode")]
    [InlineData("infinity", "finite", "observation component 1 is +infinity after action * at step 7 of an episode")]
    [InlineData("range", "observation component 1 is 1.5 after action * at step 7 of an episode, outside its declared range [0, 1]: widen the space or clip the value")]
    [InlineData("type", "observation component 0 is 0.5 after Reset, where the space promises Boolean: write 0 or 1, or declare Float32")]
    [InlineData("reward", "the reward is NaN after action * at step 3 of an episode")]
    [InlineData("large-reward", "reward", "the reward is 1E+300, too large for float32, after action * at step 3")]
    [InlineData("determinism", "two copies with one seed and the same actions part: the first observation differs")]
    [InlineData("shared", "a copy plays differently where another one is stepped in turn with it: observation * differs")]
    [InlineData("seeds-once", "determinism", "a copy that is seeded and reset again plays differently from a fresh one of that seed: the first observation differs")]
    [InlineData("stack", "the older frames are not the newer ones of the observation before, after action * at step 1 of an episode, where the space promises a stack of 3 frames")]
    [InlineData("index", "copies with different indices play the same episodes")]
    [InlineData("seed", "different seeds give the same episodes")]
    [InlineData("high-bits", "index", "indices that differ in their high bits only play the same episodes")]
    [InlineData("action", "Step(-1) is not refused: throw ArgumentOutOfRangeException for actions outside 0 to 1")]
    [InlineData("spaces", "the spaces are Box(3: [0, 0, 0] to [1, 1, 1]) and Discrete(2) at first, Box(3: [0, 0, 0] to [1, 1, 2]) and Discrete(2) later")]
    [InlineData("final-observation", "the observation of a step that ends an episode looks like the first of another one")]
    [InlineData("dispose", "Dispose threw InvalidOperationException: still busy")]
    [InlineData("render-size", "render", "RenderSize is 0x1")]
    [InlineData("render-throws", "render", "Render threw NotSupportedException: no screen")]
    [InlineData("render-changes", "render", "an episode goes differently where it is drawn at each step: observation 3 differs")]
    [InlineData("render-uncovered", "render", "two pictures of one state at 20x10 differ")]
    public void A_broken_rule_is_a_breach_that_says_where(string broken, string ruleOrMessage, string? message = null)
    {
        CheckReport report = Check(broken);
        CheckFinding finding = Assert.Single(report.Findings);
        Assert.Equal((CheckSeverity.Breach, message is null ? broken : ruleOrMessage), (finding.Severity, finding.Rule));
        Assert.Matches(Pattern(message ?? ruleOrMessage), finding.Message);
        Assert.True(report.HasBreaches);
    }

    [Theory]
    [InlineData("allocation", "a step allocates 128 bytes")]
    [InlineData("endless", "no episode ended within 1000 steps of random actions")]
    [InlineData("self-reset", "a step after an end goes on as a fresh episode does, in all of 20 episodes")]
    [InlineData("order", "a Step before the first Reset is not refused")]
    [InlineData("action-exception", "Step(-1) threw NotSupportedException: no such action: ArgumentOutOfRangeException says better what is wrong")]
    [InlineData("render-allocation", "Render allocates 24 bytes at 20x10")]
    public void What_can_be_trained_on_all_the_same_is_a_warning(string broken, string message)
    {
        CheckReport report = Check(broken);
        CheckFinding finding = Assert.Single(report.Findings);
        Assert.Equal((CheckSeverity.Warning, broken), (finding.Severity, finding.Rule));
        Assert.Matches(Pattern(message), finding.Message);
        Assert.False(report.HasBreaches);
    }

    [Fact]
    public void A_rule_that_is_broken_often_is_one_finding_with_a_count()
    {
        CheckFinding finding = Assert.Single(Check("range").Findings);
        Assert.InRange(finding.Count, 100, 1000);
    }

    [Theory]
    [InlineData("seed", "exception", "Seed(0, 0) threw InvalidOperationException: no seed")]
    [InlineData("reset", "exception", "Reset threw InvalidOperationException: stuck fast")]
    [InlineData("step", "exception", "Step(*) threw InvalidOperationException: the wheel came off after 3 steps of an episode")]
    public void An_exception_is_told_in_one_line_and_ends_the_check(string how, string rule, string message)
    {
        CheckReport report = Check(() => new FailingEnvironment(how, 4));
        CheckFinding finding = Assert.Single(report.Findings);
        Assert.Equal((CheckSeverity.Breach, rule), (finding.Severity, finding.Rule));
        Assert.Matches(Pattern(message), finding.Message);
    }

    [Theory]
    [InlineData(typeof(ContinuousActionEnvironment), "DQN needs discrete actions")]
    [InlineData(typeof(DiscreteObservationEnvironment), "DQN on vectors needs Box observations")]
    [InlineData(typeof(SpacelessEnvironment), "has no ActionSpace: it is null")]
    [InlineData(typeof(ThrowingSpaceEnvironment), "failed in ObservationSpace: NotSupportedException: no sensor")]
    public void Spaces_that_cannot_be_used_are_a_breach(Type type, string message)
    {
        CheckReport report = Check(() => (IEnvironment)Activator.CreateInstance(type)!);
        CheckFinding finding = Assert.Single(report.Findings);
        Assert.Equal("spaces", finding.Rule);
        Assert.Contains(message, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_check_ends_when_asked() => Assert.Throws<OperationCanceledException>(
        () => new EnvironmentCheck(() => new BreakableEnvironment(), new CheckOptions()).Run(new CancellationToken(true)));

    private static CheckReport Check(string broken) => Check(() => new BreakableEnvironment(broken));

    private static CheckReport Check(Func<IEnvironment> create) =>
        new EnvironmentCheck(create, new CheckOptions { Steps = 1_000 }).Run(TestContext.Current.CancellationToken);

    private static string Pattern(string message) =>
        System.Text.RegularExpressions.Regex.Escape(message).Replace("\\*", "\\S+", StringComparison.Ordinal);
}
