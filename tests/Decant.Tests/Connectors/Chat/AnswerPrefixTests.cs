using Decant.Connectors.Chat;
using Decant.Connectors.Prompting;
using Decant.Connectors.Text;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>Answers that go on from given tokens, with a tokenizer that puts a space in front of every text.</summary>
public class AnswerPrefixTests
{
    private const int A = 2;
    private const int SpaceB = 3;

    [Theory]
    [InlineData(false, "b b")]
    [InlineData(true, " b b")]
    public async Task The_first_space_is_the_answers_own_where_text_stands_before_it(bool begun, string expected)
    {
        using var client = new LocalChatClient(new PrefixModel(4, _ => [0, 0, 0, 100]), Tokenizer(), ChatTemplate.Plain);
        var options = new ChatOptions
        {
            MaxOutputTokens = 2,
            RawRepresentationFactory = _ => new LocalGenerationOptions { AnswerPrefix = begun ? [A] : [] },
        }.WithDecoding(d => d.Sample(new GreedyOptions()).Logprobs(0));
        var response = await client.GetResponseAsync("a", options);
        Assert.Equal(expected, response.Text);
        Assert.Equal([SpaceB, SpaceB], response.GetLogprobs().Select(token => token.Id));
    }

    private static TextTokenizer Tokenizer()
    {
        var folder = Directory.CreateTempSubdirectory("decant-test-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "tokenizer.json"), """
                {"pre_tokenizer":{"type":"Metaspace"},"decoder":{"type":"Metaspace"},
                 "model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],["▁",-2],["a",-3],["▁b",-3]]}}
                """);
            return TextTokenizer.Load(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
