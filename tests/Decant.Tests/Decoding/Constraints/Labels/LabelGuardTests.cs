using Decant.Connectors.Chat;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Decoding.Constraints;

/// <summary>Labels that a model was tuned to write: forbidden, reported, and lines taken back.</summary>
public class LabelGuardTests
{
    // Of the method card: a line is safe (.3), silently unsafe (.2) or labelled (.5), and behind the label comes the unsafe line.
    private static readonly TestVocabulary _vocabulary = new("</s>", "<bad>", "safe", "unsafe", "\n", "x", "y", "BA", "D", " ");
    private static readonly TableModel _model = Model(tokens => tokens[^1] switch
    {
        1 => "unsafe",
        2 or 3 => "</s>",
        _ => "safe .3 unsafe .2 <bad> .5",
    });

    [Fact]
    public void What_the_label_would_have_had_goes_to_the_others()
    {
        Assert.Equal("<bad> unsafe </s>", Greedy(_model));
        var guarded = Plan(new LabelGuardOptions { Labels = ["<bad>"] });
        Assert.Equal("safe </s>", Run(guarded, _model));
        var logits = new float[_vocabulary.Count];
        _model.Fill([4], logits);
        var row = DecodingPlan.Compile(new DecodingOptions { Constraints = [new LabelGuardOptions { Labels = ["<bad>"] }] }, _vocabulary.Context).Row(logits);
        Assert.Equal([.6f, .4f, 0], [row.ProbabilityOf(2), row.ProbabilityOf(3), row.ProbabilityOf(1)], (left, right) => Math.Abs(left - right) < 1e-6f);
    }

    [Fact]
    public void A_label_that_is_no_token_is_forbidden_however_it_is_cut()
    {
        var options = new LabelGuardOptions { Labels = ["BAD", "<bad>"] };
        ConstraintWalk.AssertConsistent(() => options.Compile(_vocabulary.Context), _vocabulary, seed: 1);
        var constraint = options.Compile(_vocabulary.Context);
        Assert.DoesNotContain(1, constraint.Allowed(_vocabulary.Count));
        Assert.True(constraint.TryAccept(7));
        Assert.DoesNotContain(8, constraint.Allowed(_vocabulary.Count));
        Assert.True(constraint.TryAccept(5));
        Assert.Contains(8, constraint.Allowed(_vocabulary.Count));
    }

    [Theory]
    [InlineData(.5, true)]
    [InlineData(.49, true)]
    [InlineData(.51, false)]
    public void Detection_reports_from_the_threshold_and_forbids_nothing(double threshold, bool fires)
    {
        List<LabelDetection> detections = [];
        var plan = Plan(new LabelGuardOptions { Labels = ["<bad>"], Mode = LabelGuardMode.Detect, Threshold = threshold });
        Assert.Equal("<bad> unsafe </s>", Run(plan, _model, detections));
        if (!fires) Assert.Empty(detections);
        else
        {
            var detection = Assert.Single(detections);
            Assert.Equal(0, detection.Index);
            Assert.Equal(.5, detection.Probability, 1e-6);
        }
    }

    [Fact]
    public void Detection_sees_the_raw_row_under_other_constraints_and_speculation()
    {
        var model = Model(tokens => tokens.Count % 3 == 0 ? "BA .9 x .1" : tokens[^1] == 7 ? "D .8 y .2" : "x .6 y .4");
        List<LabelDetection> plain = [], speculative = [];
        var options = new DecodingOptions
        {
            Constraints = [new LabelGuardOptions { Labels = ["BAD"], Mode = LabelGuardMode.Detect, Threshold = .7 }, new BannedOptions { Phrases = ["BAD"] }],
            Sampling = new GreedyOptions(),
        };
        var text = Run(DecodingPlan.Compile(options, _vocabulary.Context), model, plain, 12);
        Assert.Equal(text, Run(DecodingPlan.Compile(options with { Speculation = new PromptLookupOptions { MinNgram = 1 } }, _vocabulary.Context), model, speculative, 12));
        Assert.DoesNotContain("D", text.Split(' '));
        Assert.Equal([.8, .8, .8], plain.Select(detection => detection.Probability), (left, right) => Math.Abs(left - right) < 1e-6);
        Assert.Equal(plain, speculative.Where(detection => detection.Index < 12));
    }

    [Fact]
    public async Task A_response_carries_what_was_detected()
    {
        using var client = TestChat.Client(TestChat.Scripted("so bad"));
        var detect = new ChatOptions().WithDecoding(d => d.Constrain(new LabelGuardOptions { Labels = ["bad"], Mode = LabelGuardMode.Detect }));
        var response = await client.GetResponseAsync("Hi", detect);
        Assert.Equal("so bad", response.Text);
        Assert.Equal(5, Assert.Single(response.GetLabelDetections()).Index);
        Assert.Empty((await client.GetResponseAsync("Hi")).GetLabelDetections());
    }

    [Fact]
    public void A_line_whose_label_shows_behind_it_is_taken_back()
    {
        // x begins the likelier line, whose label comes at its end.
        var model = Model(tokens => tokens[^1] switch
        {
            4 => "x .7 y .3",
            5 => "unsafe",
            3 => "<bad> .6 \n .4",
            6 => "safe",
            2 => tokens.Count < 8 ? "\n" : "</s>",
            _ => "\n",
        });
        Assert.Equal("x unsafe <bad> \n x unsafe <bad> \n x unsafe", Greedy(model, 10));
        Assert.Equal("y safe \n y safe \n y safe </s>", Run(Backtracking(new LabelBacktrackOptions { Labels = ["<bad>"] }), model, most: 12));

        // Not from .61 on; then the label itself is still not written.
        Assert.Equal("x unsafe \n x unsafe \n", Run(Backtracking(new LabelBacktrackOptions { Labels = ["<bad>"], Threshold = .61 }), model, most: 6));
    }

    [Fact]
    public void Each_attempt_begins_with_another_token_up_to_the_limit()
    {
        // Every line leads to the label.
        var model = Model(tokens => tokens[^1] switch
        {
            4 => "x .4 y .3 safe .2 unsafe .1",
            5 or 6 or 2 or 3 => "<bad> .9 \n .1",
            _ => "\n",
        });
        string Lines(int backtracks) => Run(Backtracking(new LabelBacktrackOptions { Labels = ["<bad>"], MaxBacktracks = backtracks }), model, most: 2);
        Assert.Equal("y \n", Lines(1));
        Assert.Equal("safe \n", Lines(2));
        Assert.Equal("unsafe \n", Lines(3));

        // There is no fifth beginning (what the model finds impossible is none): the last stays.
        Assert.Equal("unsafe \n", Lines(16));
    }

    [Fact]
    public void A_line_begins_behind_its_indentation_and_a_chunk_where_it_says()
    {
        // Behind the indentation x is likelier, and labelled.
        var model = Model(tokens => tokens[^1] switch
        {
            4 => " ",
            9 => "x .7 y .3",
            5 => "<bad> .9 \n .1",
            _ => "\n",
        });
        Assert.Equal("  y \n", Run(Backtracking(new LabelBacktrackOptions { Labels = ["<bad>"] }), model, most: 3));

        // Chunks of two: the one that begins with the indentation can begin with nothing else, and stays.
        Assert.Equal("  x \n", Run(Backtracking(new LabelBacktrackOptions { Labels = ["<bad>"], ChunkSize = 2 }), model, most: 3));
    }

    [Fact]
    public void Without_labels_in_sight_it_is_plain_decoding()
    {
        using var model = TableModel.Random(_vocabulary.Count, order: 3);
        var options = new DecodingOptions { Sampling = new SamplingOptions { Seed = 4 } };
        var search = new LabelBacktrackOptions { Labels = ["nowhere"], ChunkSize = 3 };
        Assert.Equal(Run(DecodingPlan.Compile(options, _vocabulary.Context), model, most: 30), Run(DecodingPlan.Compile(options with { Search = search }, _vocabulary.Context), model, most: 30));
        Assert.Equal((0, 0), (model.OpenResults, model.OpenSequences));
    }

    private static string Greedy(TableModel model, int most = 10) => Run(DecodingPlan.Compile(new DecodingOptions { Sampling = new GreedyOptions() }, _vocabulary.Context), model, most: most);

    private static DecodingPlan Plan(ConstraintOptions constraint) => DecodingPlan.Compile(new DecodingOptions { Constraints = [constraint], Sampling = new GreedyOptions() }, _vocabulary.Context);

    private static DecodingPlan Backtracking(LabelBacktrackOptions options) => DecodingPlan.Compile(new DecodingOptions { Search = options, Sampling = new GreedyOptions() }, _vocabulary.Context);

    // The prompt is a line break.
    private static string Run(DecodingPlan plan, TableModel model, ICollection<LabelDetection>? detections = null, int most = 10)
    {
        using var sequence = model.OpenSequence();
        var request = new GenerationRequest { Sequence = sequence, Prompt = new[] { 4 }, Plan = plan, MaxTokens = most, EndTokens = [0], Detections = detections ?? [] };
        return string.Join(' ', Generator.GenerateAsync(request).ToBlockingEnumerable().Select(token => TokenText.Of(_vocabulary, token.Id)));
    }

    // Each row is written as tokens and probabilities: "x .7 y .3".
    private static TableModel Model(Func<List<int>, string> row) => new(_vocabulary.Count, (tokens, logits) =>
    {
        logits.Fill(float.NegativeInfinity);
        var words = row([.. tokens]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0) logits[9] = 0;
        else if (words.Length == 1) logits[_vocabulary.Ids(words[0])[0]] = 0;
        else
        {
            for (var i = 0; i < words.Length; i += 2) logits[_vocabulary.Ids(words[i])[0]] = MathF.Log(float.Parse(words[i + 1], System.Globalization.CultureInfo.InvariantCulture));
        }
    });
}
