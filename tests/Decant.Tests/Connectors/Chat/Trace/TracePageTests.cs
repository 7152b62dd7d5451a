using System.Text.Json;
using System.Text.RegularExpressions;
using Decant.Connectors.Chat;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>The page holds the traces whole, and nothing in them can become part of the page.</summary>
public partial class TracePageTests
{
    private const string Evil = "</script><script>alert(1)</script><!-- <b>&amp; ' \" {{traces}}";

    [Fact]
    public async Task Texts_that_look_like_markup_stay_texts()
    {
        using var client = TestChat.Client(TestChat.Scripted(Evil), new LocalChatClientOptions());
        var trace = (await client.GetResponseAsync("Hi", new ChatOptions().WithDecoding(d => d.Trace()))).GetTrace()!;
        trace = trace with { Model = Evil, Tokens = [.. trace.Tokens, trace.Tokens[0] with { Text = Evil, Branches = [new TracedBranch(Evil, -1)] }] };
        var page = TracePage.Render(trace, trace);
        Assert.DoesNotContain("alert(1)</", page);
        Assert.DoesNotContain("<!-- ", page);
        Assert.Equal(2, Regex.Count(page, "<script"));
        Assert.Equal(2, Regex.Count(page, "</script"));

        var data = JsonDocument.Parse(Data().Match(page).Groups[1].Value).RootElement;
        Assert.Equal(2, data.GetArrayLength());
        Assert.All(data.EnumerateArray(), each => Assert.Equal(trace, DecodingTrace.FromJson(each.GetRawText())));
    }

    [Fact]
    public async Task The_page_needs_nothing_else()
    {
        using var client = TestChat.Client(TestChat.Scripted("Hi"));
        var page = TracePage.Render((await client.GetResponseAsync("Hi", new ChatOptions().WithDecoding(d => d.Trace()))).GetTrace()!);
        Assert.DoesNotMatch("https?:|src=|<link|@import|url\\(", page);
        Assert.Contains("default-src 'none'", page);
        // What comes from a trace is never parsed as markup.
        Assert.DoesNotMatch("innerHTML|outerHTML|insertAdjacentHTML|document.write|eval\\(", page);
        Assert.Throws<ArgumentException>(() => TracePage.Render());
    }

    [GeneratedRegex("<script type=\"application/json\" id=\"data\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Data();
}
