using DqnAkka.Environments;

namespace DqnAkka.Bench;

/// <summary>
/// The physics of one copy as somebody in a hurry would write it: local doubles, resets and time limits, no interface,
/// no observations. The yardstick of <see cref="EnvironmentsBenchmark"/>. Each returns the sum of the rewards.
/// </summary>
internal static class PlainLoops
{
    public static double CartPole(int[] actions)
    {
        const double AngleLimit = 12 * 2 * Math.PI / 360;
        RandomSource random = new(1);
        double sum = 0, x = 0, v = 0, angle = 0, w = 0;
        int steps = 500;
        foreach (int action in actions)
        {
            if (steps >= 500 || x < -2.4 || x > 2.4 || angle < -AngleLimit || angle > AngleLimit)
            {
                (x, v) = (random.NextUniform(-0.05, 0.05), random.NextUniform(-0.05, 0.05));
                (angle, w) = (random.NextUniform(-0.05, 0.05), random.NextUniform(-0.05, 0.05));
                steps = 0;
            }

            double force = action == 1 ? 10.0 : -10.0;
            double sine = Math.Sin(angle), cosine = Math.Cos(angle);
            double common = (force + (0.05 * (w * w) * sine)) / 1.1;
            double angular = ((9.8 * sine) - (cosine * common)) / (0.5 * ((4.0 / 3.0) - (0.1 * (cosine * cosine) / 1.1)));
            double linear = common - (0.05 * angular * cosine / 1.1);
            x += 0.02 * v;
            v += 0.02 * linear;
            angle += 0.02 * w;
            w += 0.02 * angular;
            steps++;
            sum += 1.0;
        }

        return sum + x;
    }

    public static double MountainCar(int[] actions)
    {
        RandomSource random = new(1);
        double sum = 0, x = 0, v = 0;
        int steps = 200;
        foreach (int action in actions)
        {
            if (steps >= 200 || (x >= 0.5 && v >= 0))
            {
                (x, v) = (random.NextUniform(-0.6, -0.4), 0.0);
                steps = 0;
            }

            v += ((action - 1) * 0.001) + (Math.Cos(3 * x) * -0.0025);
            v = Math.Clamp(v, -0.07, 0.07);
            x = Math.Clamp(x + v, -1.2, 0.6);
            if (x == -1.2 && v < 0)
            {
                v = 0;
            }

            steps++;
            sum -= 1.0;
        }

        return sum + x;
    }

    public static double Acrobot(int[] actions)
    {
        RandomSource random = new(1);
        double sum = 0, t1 = 0, t2 = 0, w1 = 0, w2 = 0;
        int steps = 500;
        foreach (int action in actions)
        {
            if (steps >= 500 || -Math.Cos(t1) - Math.Cos(t2 + t1) > 1.0)
            {
                (t1, t2) = ((float)random.NextUniform(-0.1, 0.1), (float)random.NextUniform(-0.1, 0.1));
                (w1, w2) = ((float)random.NextUniform(-0.1, 0.1), (float)random.NextUniform(-0.1, 0.1));
                steps = 0;
            }

            double torque = action - 1;
            (double a1, double a2) = Accelerations(t1, t2, w1, w2, torque);
            (double v1, double v2) = (w1 + (0.1 * a1), w2 + (0.1 * a2));
            (double b1, double b2) = Accelerations(t1 + (0.1 * w1), t2 + (0.1 * w2), v1, v2, torque);
            (double u1, double u2) = (w1 + (0.1 * b1), w2 + (0.1 * b2));
            (double c1, double c2) = Accelerations(t1 + (0.1 * v1), t2 + (0.1 * v2), u1, u2, torque);
            (double s1, double s2) = (w1 + (0.2 * c1), w2 + (0.2 * c2));
            (double d1, double d2) = Accelerations(t1 + (0.2 * u1), t2 + (0.2 * u2), s1, s2, torque);
            t1 = Wrap(t1 + (0.2 / 6.0 * (w1 + (2 * v1) + (2 * u1) + s1)));
            t2 = Wrap(t2 + (0.2 / 6.0 * (w2 + (2 * v2) + (2 * u2) + s2)));
            w1 = Math.Clamp(w1 + (0.2 / 6.0 * (a1 + (2 * b1) + (2 * c1) + d1)), -4 * Math.PI, 4 * Math.PI);
            w2 = Math.Clamp(w2 + (0.2 / 6.0 * (a2 + (2 * b2) + (2 * c2) + d2)), -9 * Math.PI, 9 * Math.PI);
            steps++;
            sum -= 1.0;
        }

        return sum + t1;
    }

    private static (double First, double Second) Accelerations(double t1, double t2, double w1, double w2, double torque)
    {
        double sine = Math.Sin(t2), cosine = Math.Cos(t2);
        double d1 = 0.25 + (1.25 + cosine) + 2.0;
        double d2 = 0.25 + (0.5 * cosine) + 1.0;
        double phi2 = 4.9 * Math.Cos(t1 + t2 - (Math.PI / 2.0));
        double phi1 = (-0.5 * Math.Pow(w2, 2) * sine) - (w2 * w1 * sine) + (1.5 * 9.8 * Math.Cos(t1 - (Math.PI / 2.0))) + phi2;
        double second = (torque + (d2 / d1 * phi1) - (0.5 * Math.Pow(w1, 2) * sine) - phi2) / (1.25 - (Math.Pow(d2, 2) / d1));
        return (-((d2 * second) + phi1) / d1, second);
    }

    private static double Wrap(double angle) =>
        angle > Math.PI ? angle - (2 * Math.PI) : angle < -Math.PI ? angle + (2 * Math.PI) : angle;
}
